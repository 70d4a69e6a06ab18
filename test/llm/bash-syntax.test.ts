import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeBashSyntax } from '../../src/llm/bash-syntax.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nerdy-bash-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('the syntax check', () => {
  const check = makeBashSyntax();

  it.each([
    ['a plain command', 'df -h\n'],
    ['a program that is not there', 'no-such-program --flag\n'],
    ['extended globs that the script turns on', 'shopt -s extglob\nls !(a|b)\n'],
  ])('has nothing to say about %s', async (_name, text) => {
    expect(await check('bash', text)).toBeNull();
  });

  it.each([
    ['an open if', 'if true; then\n  df\n', /syntax error: unexpected end of file/],
    ['an open quote', 'echo "a\n', /unexpected EOF/],
    ['an open here-document', 'cat <<EOF\na\n', /here-document/],
    ['extended globs without the option', 'ls !(a|b)\n', /line 1: syntax error near/],
  ])('says in one line what is wrong with %s', async (_name, text, complaint) => {
    const said = await check('bash', text);
    expect(said).toMatch(complaint);
    expect(said).not.toContain('\n');
  });

  it('runs nothing of the script', async () => {
    expect(await check('bash', `touch ${folder}/ran\n$(touch ${folder}/ran)\n`)).toBeNull();
    expect(await readdir(folder)).toEqual([]);
  });

  it('leaves PowerShell unchecked', async () => {
    expect(await check('powershell', 'if (')).toBeNull();
  });

  it('can not tell where there is no bash', async () => {
    expect(await makeBashSyntax({ path: folder })('bash', 'if')).toBeNull();
  });

  it('can not tell when bash takes too long, and does not wait for it', async () => {
    await writeFile(join(folder, 'bash'), '#!/bin/sh\nexec /bin/sleep 60\n');
    await chmod(join(folder, 'bash'), 0o755);
    expect(await makeBashSyntax({ path: folder, timeoutMs: 30 })('bash', 'if')).toBeNull();
    await rm(join(folder, 'bash'));
  });
});
