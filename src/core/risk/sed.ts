import type { Verdict } from './effect.ts';
import { writeTo } from './redirection.ts';
import type { Call } from './rule.ts';
import { named, say } from './verdicts.ts';

/** What the programs of sed given to a call do; those it can't see change things. */
export const sedVerdicts = (call: Call): readonly Verdict[] => {
  const found: Verdict[] = [];
  const programs: (string | null)[] = [];
  for (const { name, value } of call.options) {
    if (name === '-i' || name.startsWith('--in-place')) found.push(...inPlace(call));
    if (name === '-f' || name === '--file') found.push(named.runsCode);
    if (name === '-e' || name === '--expression') programs.push(value?.value ?? null);
  }
  // In `-ni`, `-i` is met as one of a bundle; `-i.bak` as well.
  if (programs.length === 0 && !call.options.some((o) => o.name === '-f' || o.name === '--file'))
    programs.push(call.operands.length === 0 ? null : (call.operands[0]?.value ?? null));
  for (const program of programs)
    found.push(
      ...(program === null
        ? [say('unknown', 'runs a sed program that is only known when it runs')]
        : sedProgram(program)),
    );
  return found;
};

const inPlace = (call: Call): readonly Verdict[] => {
  const files = call.operands.slice(1);
  return files.length === 0
    ? [named.writes]
    : files.flatMap((file) => [say('writes', `edits ${file.text}`), ...writeTo(file, 'edits')]);
};

/** Reads commands of sed one after the other; what it doesn't know counts as a change. */
const sedProgram = (program: string): readonly Verdict[] => {
  const found: Verdict[] = [];
  let at = 0;
  const skip = (pattern: RegExp): string => {
    pattern.lastIndex = at;
    const match = pattern.exec(program)?.[0] ?? '';
    at += match.length;
    return match;
  };
  while (at < program.length) {
    skip(/[\s;{}!]*/y);
    if (at >= program.length) break;
    skip(
      /(?:\d+(?:~\d+)?|\$|\/(?:\\.|\[\^?\]?[^\]]*\]|[^/\\])*\/[IM]*|\\(.)(?:\\.|(?!\1).)*\1[IM]*)?(?:\s*,\s*(?:[+~]?\d+|\$|\/(?:\\.|\[\^?\]?[^\]]*\]|[^/\\])*\/[IM]*|\\(.)(?:\\.|(?!\2).)*\2[IM]*))?[\s!]*/sy,
    );
    const command = program[at++] ?? '';
    if (command === 's' || command === 'y') {
      const mark = program[at] ?? '';
      const end = afterParts(program, at + 1, mark);
      if (end < 0 || mark === '' || mark === '\n' || mark === '\\')
        return [...found, say('unknown', 'holds a sed command that can not be read')];
      at = end;
      const flags = skip(/[gpIiMm0-9eE]*/y);
      if (flags.includes('e')) found.push(say('undecidable', 'lets sed run what it makes'));
      if (program[at] === 'w') {
        found.push(
          ...writeTo(
            program
              .slice(at + 1)
              .split('\n')[0]
              ?.trim() ?? '',
            'lets sed write',
          ),
          named.writes,
        );
        skip(/[^\n]*/y);
      }
    } else if (command === 'w' || command === 'W') {
      const file = skip(/[^\n]*/y).trim();
      const written = writeTo(file, 'lets sed write');
      found.push(...written);
    } else if (command === 'e') return [...found, say('undecidable', 'lets sed run a command')];
    else if ('aic'.includes(command)) skip(/(?:\\\n|[^\n])*/y);
    else if ('rR'.includes(command)) skip(/[^\n]*/y);
    else if ('btT:'.includes(command)) skip(/[^\n;}]*/y);
    else if ('qQlL'.includes(command)) skip(/\s*\d*/y);
    else if (command === '#') skip(/[^\n]*/y);
    else if (!'{}=dDgGhHnNpPxzF'.includes(command) && command !== '')
      return [...found, say('unknown', 'holds a sed command that is not known')];
  }
  return found;
};

/** Past the two parts of `s/a/b/`; below zero where they don't end. */
const afterParts = (program: string, from: number, mark: string): number => {
  let left = 2;
  let inClass = false;
  for (let i = from; i < program.length; i++) {
    const char = program[i];
    if (char === '\\') i++;
    else if (left === 2 && char === '[' && !inClass && mark !== '[')
      inClass = program.indexOf(']', i + 2) > 0 && classHolds(program, i, mark);
    else if (inClass && char === ']') inClass = false;
    else if (char === mark && !inClass && --left === 0) return i + 1;
  }
  return -1;
};
/** Only a bracket that closes before the line ends hides the mark. */
const classHolds = (program: string, at: number, mark: string): boolean => {
  const end = program.indexOf(']', at + 2);
  return end > 0 && program.slice(at, end).includes(mark) && !program.slice(at, end).includes('\n');
};
