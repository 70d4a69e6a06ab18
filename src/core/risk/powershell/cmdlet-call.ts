import type { Verdict } from '../effect.ts';
import { constantOf, valueIn } from './constant.ts';
import type { Knowledge } from './knowledge.ts';
import type { CmdletCall } from './rule.ts';
import type { CommandNode, Expression, HashNode, Statement } from './tree.ts';

/** Parameters that take no value; the word behind any other is taken to be its value. */
const switches = new Set(
  `recurse force whatif confirm verbose debug passthru hidden readonly directory file append noclobber wait asjob
  all allusers raw asplaintext assecurestring nonewline notypeinformation usebasicparsing online offline quiet
  descending unique autosize wrap casesensitive simplematch notmatch noelement stable full detailed examples
  includeusername fileversioninfo listavailable syntax exclusive asbytestream stream compress ashashtable leaf parent
  resolve isvalid nonewwindow permanent sum average maximum minimum line character
  oldest`.split(/\s+/),
);

type Parameters = { readonly name: string; readonly value: Expression | null }[];

/** Sorts the words of a cmdlet. */
export const cmdletCall = (
  name: string,
  node: Pick<CommandNode, 'args'>,
  around: {
    readonly known: Knowledge;
    readonly isFed: boolean;
    readonly isFedAll: boolean;
    readonly runsText: (text: string) => readonly Verdict[];
    readonly runs: (words: readonly string[]) => readonly Verdict[];
  },
): CmdletCall => {
  const { known } = around;
  const parameters: Parameters = [];
  const operands: Expression[] = [];
  const values: Expression[] = [];
  let isOpaque = false;
  let open: string | null = null;
  for (const arg of node.args) {
    if (arg.type === 'parameter') {
      parameters.push({ name: arg.name, value: arg.value });
      if (arg.value) values.push(arg.value);
      open = arg.value || switches.has(arg.name) ? null : arg.name;
    } else if (arg.type === 'splat') {
      const entries = splatted(arg.name, known);
      if (entries === null) isOpaque = true;
      else {
        parameters.push(...entries);
        values.push(...entries.flatMap((entry) => (entry.value ? [entry.value] : [])));
      }
      open = null;
    } else {
      values.push(arg);
      if (open === null) operands.push(arg);
      else parameters[parameters.length - 1] = { name: open, value: arg };
      open = null;
    }
  }
  const found = (names: readonly string[]) =>
    parameters.find((p) => names.some((n) => n.startsWith(p.name)) && !isFalse(p.value));
  return {
    ...around,
    name,
    parameters,
    operands,
    values,
    isOpaque,
    has: (...names) => found(names) !== undefined,
    value: (...names) => found(names)?.value ?? null,
    text: (parameter, position) => constantOf(found([parameter])?.value ?? operands[position] ?? null, known),
  };
};

const isFalse = (value: Expression | null): boolean => value?.type === 'variable' && value.name === 'false';

/** The parameters in a splatted variable; null where it may hold others. */
const splatted = (name: string, known: Knowledge): Parameters | null => {
  const values = known.variables.get(name);
  const [only] = values ?? [];
  // Whoever reads it as a whole may add to it under another name.
  if (!only || values?.length !== 1 || known.setsByName || known.reads.has(name)) return null;
  if (only.type === 'list') return only.items.every((item) => item.type === 'string') ? [] : null;
  return only.type === 'hash' ? entriesOf(only) : null;
};

const entriesOf = (hash: HashNode): Parameters | null => {
  const entries: Parameters = [];
  for (const { key, value } of hash.entries) {
    if ((key.type !== 'word' && key.type !== 'string') || key.value === null) return null;
    entries.push({ name: key.value.toLowerCase(), value: expressionOf(value) });
  }
  return entries;
};

/** A statement as a value; what is no plain one is a group that holds it. */
const expressionOf = (value: Statement): Expression =>
  valueIn(value) ?? { type: 'group', at: value.at, statements: [value] };
