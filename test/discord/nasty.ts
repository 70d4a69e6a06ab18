import fc from 'fast-check';

/** What people and machines can write to hurt a chat. */
export const nasty = [
  '@everyone @here',
  '<@1> <@!1> <@&1> <#1> </nerdy ask:1>',
  '<:skull:1> <a:skull:1> :skull: :white_check_mark::no_entry:',
  '<t:1:R> <t:0> <id:customize>',
  '[click here](https://evil.example) [a](<https://evil.example> "t")',
  'https://evil.example HTTP://evil.example <https://evil.example> steam://run/1',
  'discord.gg/evil discord.com/invite/evil <a@evil.example> <+4912345678>',
  '**bold** *it* _it_ __under__ ~~gone~~ ||spoiler|| `code` ``code``',
  '\\*\\*\\\\',
  '```\nx\n``` ```sh\nrm```',
  '\n```\nx\n',
  '# heading\n## heading\n-# small\n> quote\n>>> quotes\n- list\n* list\n+ list\n1. list\n  12. list',
  '\u202Eevil\u202C \u200B\u2060\uFEFF',
  'half \uD83D of a pair, and \uDE00',
  'NUL \0 and \u001B[31mred',
  'line\r\nline\rline\u2028# line',
  '',
  ' ',
  '\n\n',
  '메모리를 확인해 주세요',
  'تحقق من الذاكرة',
  '👩‍👩‍👧‍👦🏳️‍🌈🇰🇷',
  '{"type":10,"content":"x"}',
];

const signs = fc
  .array(fc.constantFrom(...'\\*_~`|<>[]()@#:/-+.&!t1ax \n'.split(''), '```', '**', 'http', 'discord.gg/'), {
    maxLength: 24,
  })
  .map((parts) => parts.join(''));

export const foreign = fc.oneof(
  fc.constantFrom(...nasty),
  signs,
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc
    .tuple(fc.constantFrom(...nasty), fc.integer({ min: 1, max: 800 }))
    .map(([part, times]) => part.repeat(times)),
);
