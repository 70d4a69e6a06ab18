import { applyRule } from '../apply-rule.ts';
import { ruleFor } from '../catalogue.ts';
import type { Verdict } from '../effect.ts';
import type { Meaning, Rule } from '../rule.ts';
import type { Arg } from '../word.ts';
import { constantOf, shownOf } from './constant.ts';
import type { Knowledge } from './knowledge.ts';
import type { CommandNode, Expression } from './tree.ts';

/** What a program of Windows can see of the script around it. */
export interface ProgramFrame {
  readonly isFed: boolean;
  readonly runsText: (text: string) => readonly Verdict[];
  readonly runs: (words: readonly string[]) => readonly Verdict[];
}

/** What a program does, by a rule of the same form as those of Unix; `runsText` is PowerShell's. */
export const applyProgram = (
  rule: Rule | Meaning,
  name: string,
  args: readonly Arg[],
  frame: ProgramFrame,
): readonly Verdict[] => {
  const verdicts = applyRule(rule, args, {
    name,
    stdin: frame.isFed ? { kind: 'data' } : { kind: 'none' },
    runs: (inner) => frame.runs(inner.map((arg) => arg.value ?? arg.text)),
    runsText: frame.runsText,
    doubts: () => [],
  });
  return verdicts.map((v) => ({ ...v, why: `${name}: ${v.why}` }));
};

/** Whether the catalogue of Unix knows a program, so that its name's dot is no file's ending. */
export const runsUnix = (name: string): boolean => ruleFor(name) !== null;

/** The words of a program as the catalogue of Unix takes them. */
export const argsOf = (args: CommandNode['args'], known: Knowledge): Arg[] =>
  args.flatMap((arg) => {
    if (arg.type !== 'parameter') return wordsOf(arg, known);
    const text = `-${arg.text.slice(1)}`;
    if (!arg.value) return [word(text)];
    const value = constantOf(arg.value, known);
    return [
      {
        ...word(`${text}:${value ?? shownOf(arg.value)}`),
        value: value === null ? null : `${text}:${value}`,
      },
    ];
  });

const word = (text: string): Arg => ({ text, value: text, lead: text, isGlob: false, maybeOption: false });

const wordsOf = (arg: Expression, known: Knowledge): Arg[] => {
  if (arg.type === 'list') return arg.items.flatMap((item) => wordsOf(item, known));
  const value = constantOf(arg, known);
  if (value !== null) return [{ ...word(value), isGlob: arg.type === 'word' && /[*?[]/.test(value) }];
  const lead = arg.type === 'word' || arg.type === 'string' ? arg.lead : '';
  return [
    {
      text: shownOf(arg),
      value: null,
      lead,
      isGlob: false,
      maybeOption: lead === '' && mayBeOption(arg, known),
    },
  ];
};

/** Whether what is computed may be an option: whatever the script itself composes with a dash. */
const mayBeOption = (arg: Expression, known: Knowledge): boolean => {
  if (arg.type === 'splat') return true;
  if (arg.type === 'variable') return known.dashed.has(arg.name);
  if (arg.type === 'string' || arg.type === 'word') return arg.parts.some((part) => mayBeOption(part, known));
  // What a member or an element of the script's own tables holds isn't followed.
  if (arg.type === 'member' || arg.type === 'index') return known.dashed.size > 0;
  return arg.type === 'operation' || arg.type === 'group' || arg.type === 'list';
};
