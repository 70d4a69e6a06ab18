import type { Verdict } from './effect.ts';
import { isSecretPath } from './paths.ts';
import type { Call, Rule } from './rule.ts';
import { named, say } from './verdicts.ts';
import type { Arg } from './word.ts';

/** Options of shells that take the next word. */
const takesWord = /^(--rcfile|--init-file|-o|\+o|-O|\+O)$/;

/** A shell runs the text after `-c`, a file, or what comes on its standard input. */
export const shellRule: Rule = {
  is: 'nothing',
  noHelp: true,
  namesOnly: true,
  stopsAtOperand: true,
  check: (call) => shellVerdicts(call),
};

const shellVerdicts = (call: Call): readonly Verdict[] => {
  if (call.args.length === 1 && /^--(help|version)$/.test(call.args[0]?.value ?? '')) return [];
  const { words, isCommand, fromStdin, loads } = readOptions(call.args);
  const found: Verdict[] = loads ? [say('undecidable', 'loads a file before it starts')] : [];
  const [first] = words;
  if (isCommand) {
    if (!first) return [...found, say('unknown', 'is given no script')];
    if (first.value === null)
      return [...found, say('undecidable', `runs ${first.text}, which is only known when it runs`)];
    return [
      ...found,
      ...foreign(call.name, first.value),
      ...call.runsText(first.value),
      ...given(words.slice(1)),
    ];
  }
  if (first && !fromStdin) return [...found, ...fileVerdicts(first)];
  if (call.stdin.kind === 'text')
    return [...found, ...call.runsText(call.stdin.text), say('unknown', 'runs a text as a script')];
  if (call.stdin.kind === 'data')
    return [...found, { ...named.runsFetched, why: 'runs what comes through the pipe' }];
  const isInteractive = call.args.some((arg) => /^-[a-z]*i/.test(arg.lead));
  return [
    ...found,
    isInteractive ? say('undecidable', 'lets somebody type commands') : say('unknown', 'starts a shell'),
  ];
};

/** What the text is given as `$1` and so on. */
const given = (words: readonly Arg[]): readonly Verdict[] =>
  words.some((word) => isSecretPath(word.value ?? word.shape ?? ''))
    ? [say('secrets', 'is given the name of a secret')]
    : [];

/** Shells whose language is not Bash's: what is read as Bash may mean something else to them. */
const foreign = (name: string, text: string): readonly Verdict[] =>
  /^(zsh|fish|csh|tcsh|yash)$/.test(name) && !/^[\w\s./:,@%+|&;'"-]*$/.test(text)
    ? [say('unknown', 'reads another language than Bash')]
    : [];

const fileVerdicts = (file: Arg): readonly Verdict[] => {
  if (file.value === null || /^\/(dev|proc)\//.test(file.value))
    return [say('undecidable', `runs ${file.text}, which is only known when it runs`)];
  return [say('runsCode', `runs ${file.text}, which is not on the card`)];
};

const readOptions = (args: readonly Arg[]) => {
  const read = { words: [] as readonly Arg[], isCommand: false, fromStdin: false, loads: false };
  let i = 0;
  for (; i < args.length; i++) {
    const arg = args[i] as Arg;
    const text = arg.value ?? arg.lead;
    if (text === '--' || text === '-') {
      i++;
      break;
    }
    if (!/^[-+]./.test(text)) break;
    if (/^--(rcfile|init-file)/.test(text)) read.loads = true;
    if (/^-[^-]*c/.test(text)) read.isCommand = true;
    if (/^-[^-]*s/.test(text)) read.fromStdin = true;
    // Each `o` in a bundle takes a word of its own, wherever it stands.
    if (takesWord.test(text)) i++;
    else if (/^[-+][^-]*[oO]/.test(text)) i += text.match(/[oO]/g)?.length ?? 0;
  }
  read.words = args.slice(i);
  return read;
};
