import type { Verdict } from '../../effect.ts';
import type { Call, Meaning, Rule } from '../../rule.ts';
import { named, say } from '../../verdicts.ts';
import { cmdVerdicts } from '../cmd-text.ts';

/** The words of a call in lower case; what only shows when it runs is what it begins with. */
export const lowerWords = (call: Call): string[] =>
  call.args.map((arg) => (arg.value ?? arg.lead).toLowerCase());
export const hasUnknown = (call: Call): boolean => call.args.some((arg) => arg.value === null);

/** A program whose first word says what it does. Words that only show when it runs can be any. */
export const byWord = (
  table: Readonly<Record<string, Meaning>>,
  otherwise: Meaning,
  check?: (words: readonly string[], call: Call) => readonly Verdict[],
): Rule => {
  const meanings = new Map(
    Object.entries(table).flatMap(([names, meaning]) => names.split(' ').map((n) => [n, meaning] as const)),
  );
  const verdictOf = (meaning: Meaning): Verdict => (typeof meaning === 'string' ? named[meaning] : meaning);
  return {
    noHelp: true,
    namesOnly: true,
    singleDash: true,
    check: (call) => {
      const words = lowerWords(call);
      if (words[0] === '/?' || words.at(-1) === '/?') return [named.nothing];
      const meaning = verdictOf(meanings.get(words[0]?.replace(/^[-/]/, '') ?? '') ?? otherwise);
      return [meaning, ...(check?.(words, call) ?? [])];
    },
  };
};

const gone = say('destroys', 'takes away what a machine is brought back with');

const cmd: Rule = {
  is: 'nothing',
  noHelp: true,
  namesOnly: true,
  singleDash: true,
  check: (call) => {
    const words = call.args.map((arg) => arg.value);
    const at = words.findIndex((word) => /^[/-][a-z:/]*[ckr]/i.test(word ?? ''));
    if (at < 0) return [call.stdin.kind === 'none' ? say('unknown', 'starts a shell') : named.runsFetched];
    const first = (words[at] ?? '').replace(/^([/-][a-z:]+)*?[/-][ckr]/i, '');
    const rest = [first, ...words.slice(at + 1)];
    const dire = rest.includes(null)
      ? [say('undecidable', 'runs a command that only shows when it runs')]
      : [];
    const text = rest
      .map((word) => word ?? '')
      .join(' ')
      .trim();
    return [
      ...dire,
      ...cmdVerdicts(text, (inner) =>
        call.runs(inner.map((w) => ({ text: w, value: w, lead: w, isGlob: false, maybeOption: false }))),
      ),
    ];
  },
};

const net = byWord(
  {
    'view statistics config file session localgroup group user accounts share use start help helpmsg time':
      'reads',
    'stop pause continue': say('services', 'stops a service'),
    send: 'sends',
  },
  'unknown',
  (words) => {
    const acts = words.some((word) =>
      /^\/(add|delete|del|domain|active|grant|setsntp|set|yes|persistent)/.test(word),
    );
    if (/^(user|localgroup|group|accounts)$/.test(words[0] ?? '')) {
      if (words.includes('/delete') || words.includes('/del')) return [say('opens', 'removes an account')];
      if (words.includes('/active:no')) return [say('opens', 'locks an account out')];
      if (words.includes('administrators') && words.includes('/add'))
        return [say('opens', 'makes somebody an administrator')];
      const names = words.filter((word) => !word.startsWith('/'));
      return acts || (words[0] === 'user' && names.length > 2) ? [named.permissions] : [];
    }
    if (/^(share|use|session|file)$/.test(words[0] ?? ''))
      return acts || words.length > 2 || words.includes('/delete')
        ? [say('services', 'changes shares or drives')]
        : [];
    if (words[0] === 'start' && words.length > 1) return [say('services', 'starts a service')];
    if (words[0] === 'stop' && /windefend|mpssvc|eventlog|wscsvc|sense/.test(words.join(' ')))
      return [named.stops];
    return [];
  },
);

const scControl = byWord(
  {
    'query queryex qc qdescription qfailure enumdepend getdisplayname getkeyname sdshow qtriggerinfo':
      'reads',
    delete: say('destroys', 'removes a service'),
  },
  say('services', 'changes a service'),
  (words) => [
    ...(words[0]?.startsWith('\\\\') ? [named.network] : []),
    ...(/^(stop|config|delete|pause)\b.*\b(windefend|mpssvc|wscsvc|sense|eventlog|vss|wuauserv)\b/.test(
      words.join(' '),
    )
      ? [say('stops', 'stops what guards the machine')]
      : []),
  ],
);

const netshReads = /(^|\s)(show|dump|help|\?)(\s|$)/;
const netsh: Rule = {
  noHelp: true,
  namesOnly: true,
  check: (call) => {
    const text = lowerWords(call).join(' ');
    if (/key\s*=\s*clear/.test(text)) return [named.secrets];
    if (/(state\s+off|opmode\s+.*disable|\breset\b|delete\s+rule\s+name\s*=\s*all)/.test(text))
      return [say('opens', 'opens the firewall or resets the network')];
    return [
      netshReads.test(text) && !hasUnknown(call) ? named.reads : say('services', 'changes the network'),
    ];
  },
};

const wmic: Rule = {
  noHelp: true,
  namesOnly: true,
  check: (call) => {
    const text = lowerWords(call).join(' ');
    if (/shadowcopy\s+delete|\bwin32shutdown\b|\breboot\b|\bshutdown\b/.test(text)) return [gone];
    if (/\bcall\s+(terminate|delete)|\bdelete\b/.test(text))
      return [say('destroys', 'ends or deletes what it finds')];
    if (/\bcall\b/.test(text)) return [say('runsCode', 'calls a method of the system')];
    if (/\b(set|create|assoc)\b|\/output:|\/append:/.test(text)) return [named.writes];
    if (/\/node:/.test(text)) return [named.network];
    if (/\/format:\s*"?(https?:|\\\\|.*\.xsl)/.test(text)) return [named.runsFetched];
    return [/\b(get|list|path)\b|^\w+$/.test(text) && !hasUnknown(call) ? named.reads : named.unknown];
  },
};

/** A program that means `is`, and something else where its words fit a pattern or can't be told. */
export const flagged = (is: Meaning, pattern: RegExp, meaning: Meaning): Rule => ({
  noHelp: true,
  namesOnly: true,
  singleDash: true,
  check: (call) => {
    const verdictOf = (m: Meaning): Verdict => (typeof m === 'string' ? named[m] : m);
    const text = lowerWords(call).join(' ');
    if (text === '/?') return [named.nothing];
    return [verdictOf(pattern.test(text) || hasUnknown(call) ? meaning : is)];
  },
});

/** Programs whose words make a language of their own. */
export const languages: Readonly<Record<string, Rule>> = { cmd, 'net net1': net, sc: scControl, netsh, wmic };
