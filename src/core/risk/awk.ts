import { hiddenCommands } from './code.ts';
import type { Verdict } from './effect.ts';
import { isSecretPath } from './paths.ts';
import { writeTo } from './redirection.ts';
import type { Call } from './rule.ts';
import { named, say } from './verdicts.ts';
import { plainArg } from './word.ts';

/** What an awk program does: it can write files, run commands and read from the network, each by its own syntax. */
export const awkVerdicts = (call: Call): readonly Verdict[] => {
  const found: Verdict[] = [];
  const programs: (string | null)[] = [];
  for (const { name, value } of call.options) {
    if (/^(-f|--file|-E|--exec|-i|--include|-l|--load|-D|--debug)$/.test(name)) found.push(named.runsCode);
    if (/^(-e|--source)$/.test(name)) programs.push(value?.value ?? null);
    if (/^(-o|-p|-d|--pretty-print|--profile|--dump-variables)/.test(name)) found.push(named.writes);
    if (name === '-v' && value?.value === null && value.lead === '') found.push(named.unknown);
    if (name === '-W' || name === '--version' || name === '-V') return found;
  }
  const hasProgram = programs.length > 0 || call.options.some((o) => /^(-f|--file|-E|--exec)$/.test(o.name));
  if (!hasProgram) programs.push(call.operands[0]?.value ?? null);
  for (const program of programs)
    found.push(
      ...(program === null
        ? [say('unknown', 'runs an awk program that is only known when it runs')]
        : awkProgram(program.replace(/\\\r?\n/g, ' '), call)),
    );
  return found;
};

/**
 * Strings and patterns taken out, so that what is left is code. Comments stay: a pattern that holds `#` looks like one,
 * and what a comment says does no harm.
 */
const awkCode = (program: string): string =>
  program.replace(
    /"(?:\\.|[^"\\\n])*"|(?<=(?:^|[,({!&|~;\n}]|\b(?:print|printf|return|in|case|else|do))[ \t]*)\/(?:\\.|\[[^\]\n]*\]|[^/\\\n])+\//g,
    (piece) => (piece.startsWith('"') ? '""' : ' 0 '),
  );

const awkProgram = (program: string, call: Call): readonly Verdict[] => {
  const code = awkCode(program);
  const found: Verdict[] = [];
  const runs =
    /\bsystem\s*\(|\|&?\s*getline|\|&|@load|@include|@[a-zA-Z_]+\s*\(/.test(code) ||
    // The same in the text as it stands: what was taken for a string or a pattern may be code.
    /\bsystem\s*\(|\|\s*getline\b|\|&|\|\s*"\s*[a-zA-Z./]|"\/inet/.test(program);
  if (runs) found.push(say('unknown', 'lets awk run a command or talk to the network'));
  if (hasPipe(code)) found.push(say('unknown', 'lets awk pipe into a command'));
  if (/\bENVIRON\b/.test(program)) found.push(say('secrets', 'shows the environment'));
  const texts = [...program.matchAll(/"((?:\\.|[^"\\\n])*)"/g)].map(([, text = '']) => text);
  if (texts.some((text) => isSecretPath(text))) found.push(say('secrets', 'reads a secret'));
  found.push(...written(code, program));
  if (found.some((v) => v.effects.includes('unknown')))
    found.push(...hiddenCommands({ ...call, args: texts.map(plainArg) }));
  return found;
};

const hasPipe = (code: string): boolean => /[^|]\|(?![|&])/.test(code.replace(/\|\|/g, '  '));

/** What `print … > file` writes; `"/dev/stderr"` is only a way to speak. */
const written = (code: string, program: string): readonly Verdict[] => {
  const files = [...program.matchAll(/>{1,2}\s*"([\w./~][^"\n]*)"/g)].map(([, file = '']) => file);
  const real = files.filter((file) => !/^\/dev\/(stderr|stdout|fd\/[12]|tty)$/.test(file));
  const found = real.flatMap((file) => writeTo(file, 'lets awk write to'));
  if (found.length > 0) return found;
  const redirections = redirectionsIn(code);
  return redirections > files.length - real.length ? [say('writes', 'lets awk write a file')] : [];
};

/** `print … > x` writes; `(a > b)` and `$3 > 5` before the braces compare. */
const redirectionsIn = (code: string): number => {
  let count = 0;
  for (const match of code.matchAll(/\bprintf?\b([^;}\n]*)/g)) {
    let depth = 0;
    for (const char of (match[1] ?? '').replace(/>>/g, '>')) {
      if (char === '(') depth++;
      else if (char === ')') depth--;
      else if (char === '>' && depth <= 0) {
        count++;
        break;
      }
    }
  }
  return count;
};
