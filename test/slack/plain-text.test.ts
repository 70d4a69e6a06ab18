import { describe, expect, it } from 'vitest';
import { mentionedIn, plainText } from '../../src/slack/plain-text.ts';

describe('what a person wrote, as plain text', () => {
  it.each([
    ['our own name is cut out', '<@U0US> check memory on db1', 'check memory on db1'],
    ['also in the middle', 'please <@U0US> check memory', 'please check memory'],
    ['other people are names', 'ask <@U1|ada> and <@U2>', 'ask @ada and @U2'],
    ['channels are names', 'as in <#C1|ops> and <#C2>', 'as in #ops and #C2'],
    [
      'groups and everybody are words',
      '<!subteam^S1|@dba> <!here> <!channel|@channel>',
      '@dba @here @channel',
    ],
    ['a date is what it says', 'since <!date^1^{date}|yesterday>', 'since yesterday'],
    [
      'an address that Slack linked is as it was typed',
      'ping <http://db1.example.com|db1.example.com>',
      'ping db1.example.com',
    ],
    [
      'an address without a label is itself',
      'curl <https://example.com/a?b=1&amp;c=2>',
      'curl https://example.com/a?b=1&c=2',
    ],
    [
      'a label that says something else keeps both',
      '<https://evil.example|the docs>',
      'the docs (https://evil.example)',
    ],
    ['a mail address is one', '<mailto:a@example.com|a@example.com>', 'a@example.com'],
    ['escaped characters are themselves, once', 'a &lt;b&gt; &amp;amp; c', 'a <b> &amp; c'],
    ['smart quotes are those of a shell', 'grep “it’s” in ‘x’', "grep \"it's\" in 'x'"],
    ['a phone’s dash before an option is two', 'docker ps —all', 'docker ps --all'],
    ['a dash between words stays one', 'disk — and memory', 'disk — and memory'],
    ['spaces that do not break are spaces', 'check\u00A0memory', 'check memory'],
    ['indentation stays', 'run\n  echo a', 'run\n  echo a'],
    ['what only looks like a mark stays', 'is 3 &lt; 5 and <b>?', 'is 3 < 5 and <b>?'],
  ])('%s', (_, given, expected) => {
    expect(plainText(given, 'U0US')).toBe(expected);
  });

  it('is read in a moment, however it is made', () => {
    const nasty = `${'<@'.repeat(50_000)}${'<http:'.repeat(50_000)}`;
    const began = performance.now();
    plainText(nasty, 'U0US');
    expect(performance.now() - began).toBeLessThan(2_000);
  });
});

it('tells whom a message names', () => {
  expect(mentionedIn('<@U1> and <@U2|bob>, not @U3')).toEqual(['U1', 'U2']);
});
