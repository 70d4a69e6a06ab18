import type { Verdict } from '../effect.ts';
import type { Call } from '../rule.ts';
import { named, say } from '../verdicts.ts';
import type { Arg } from '../word.ts';
import { blockText } from './constant.ts';

const undecidable = (what: string): Verdict =>
  say('undecidable', `runs ${what}, which only shows when it runs`);

/** Parameters with a value that says nothing of what runs. */
const settings =
  /^-+(nop\w*|nol\w*|noe\w*|noni\w*|sta|mta|login|l|v\w*|i(nputf\w*|f)?|o(utputf\w*|f)?|p(sc\w*)?|ve\w*|config\w*|custompipe\w*|settings\w*|wd|workingd\w*|w\w*)$/i;
const takesValue =
  /^-+(v\w*|i(nputf\w*|f)|o(utputf\w*|f)?|p(sc\w*)?|config\w*|custompipe\w*|settings\w*|wd|workingd\w*|w\w*)$/i;

/** What PowerShell started by PowerShell does: its text is read like this script's own. */
export const powershellVerdicts = (call: Call): readonly Verdict[] => {
  const found: Verdict[] = [];
  for (let i = 0; i < call.args.length; i++) {
    const arg = call.args[i] as Arg;
    // Windows PowerShell takes `/c` for `-c`.
    const name = (arg.value ?? arg.lead).toLowerCase().replace(/^\//, '-');
    const rest = call.args.slice(i + 1);
    if (/^-+(e|ec|en\w*)$/.test(name)) return [...found, ...encoded(rest[0], call)];
    if (/^-+(c|co\w*|commandwithargs|cwa)$/.test(name)) return [...found, ...textOf(rest, call)];
    if (/^-+(f|fi\w*)$/.test(name)) return [...found, ...fileOf(rest[0])];
    if (/^-+(ep|ex\w*)$/.test(name)) {
      const policy = (rest[0]?.value ?? '').toLowerCase();
      if (rest[0]?.value === null || /^(bypass|unrestricted)$/.test(policy))
        found.push(say('opens', 'lets any script run'));
      i++;
    } else if (/^-+(\?|h\w*)$/.test(name) && rest.length === 0) return [...found, named.nothing];
    else if (settings.test(name)) i += takesValue.test(name) ? 1 : 0;
    else return [...found, ...(/\.ps1$/.test(name) ? fileOf(arg) : textOf(call.args.slice(i), call))];
  }
  if (call.stdin.kind !== 'none')
    return [...found, { ...named.runsFetched, why: 'runs what comes through the pipe' }];
  return [...found, say('unknown', 'starts a shell')];
};

const fileOf = (file: Arg | undefined): readonly Verdict[] =>
  file === undefined || file.value === null || file.value === '-'
    ? [undecidable(file?.text ?? 'what comes through the pipe')]
    : [say('runsCode', `runs ${file.text}, which is not on the card`)];

/** All that follows is one text; a block among it is a part of this script and judged there. */
const textOf = (words: readonly Arg[], call: Call): readonly Verdict[] => {
  if (words.length === 1 && words[0]?.text === blockText) return [named.nothing];
  if (words.some((word) => word.value === null)) return [undecidable(words[0]?.text ?? 'a text')];
  const text = words.map((word) => word.value).join(' ');
  return text.trim() === '-' || text === ''
    ? [undecidable('what comes through the pipe')]
    : call.runsText(text);
};

const encoded = (arg: Arg | undefined, call: Call): readonly Verdict[] => {
  const value = arg?.value ?? null;
  if (value === null || !/^[a-z0-9+/=\s]+$/i.test(value)) return [undecidable('an encoded text')];
  const text = Buffer.from(value, 'base64')
    .toString('utf16le')
    .replace(/^\ufeff/, '');
  return [
    ...call.runsText(text),
    ...(/[^\t\n\r\x20-\u024f]/.test(text) ? [undecidable('an encoded text')] : []),
  ];
};
