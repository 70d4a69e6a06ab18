import { describe, expect, it } from 'vitest';
import { jsonIn, scriptIn, withoutThinking } from '../../src/llm/script-text.ts';

describe('the script in what a model wrote', () => {
  it.each([
    ['the text itself', 'df -h\n', 'df -h\n'],
    ['what is inside a fence', '```bash\ndf -h\n```', 'df -h'],
    ['what is inside a fence without a language', '```\ndf -h\n```\n', 'df -h'],
    ['what follows a fence that is never closed', '```sh\ndf -h', 'df -h'],
    ['without prose after the fence', '```powershell\r\nGet-Date\r\n```\r\nHope it helps!', 'Get-Date'],
    ['without prose before the fence', 'Here it is:\n```bash\ndf -h\n```', 'df -h'],
  ])('is %s', (_name, text, script) => {
    expect(scriptIn(text)).toBe(script);
  });

  it.each([
    ['a here-document holds the fences', 'cat <<EOF > a.md\n```bash\ndf -h\n```\nEOF'],
    ['a here-string holds the fences', '$a = @"\n```powershell\nGet-Date\n```\n"@'],
    ['there are several blocks', '```bash\ndf\n```\nor\n```bash\ndu\n```'],
    ['the fence names no shell and prose is before it', 'See:\n```\ndf -h\n```'],
    ['quotes are typographic', 'echo \u2018a\u2019'],
  ])('stays as it is where %s', (_name, text) => {
    expect(scriptIn(text)).toBe(text);
  });
});

describe('the JSON in what a model wrote', () => {
  it('is found behind thinking, prose and fences', () => {
    expect(jsonIn('<think>{"a":0}</think>\nSure!\n```json\n{"a":1}\n```')).toEqual({ a: 1 });
  });

  it.each(['', 'none', '{"a":', '}{', '{a:1}'])('is null in %j', (text) => {
    expect(jsonIn(text)).toBeNull();
  });
});

describe('thinking', () => {
  it('is nothing until it has ended, also while its tag is only begun', () => {
    expect(['', '<thi', '<think>a', '<think>a</think> b'].map(withoutThinking)).toEqual(['', '', '', 'b']);
  });

  it('is only what comes first', () => {
    expect(withoutThinking('a <think>b</think>')).toBe('a <think>b</think>');
  });
});
