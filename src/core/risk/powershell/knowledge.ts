import { aliasOf } from './aliases.ts';
import { childrenOf } from './children.ts';
import { valueIn } from './constant.ts';
import type { AssignmentNode, CommandNode, Expression, Statement, SyntaxNode } from './tree.ts';

/** What a script says about its own names, gathered before it is judged: it may use them above or in other texts. */
export interface Knowledge {
  /** Where a function is surely defined; null for one in a branch or inside another, which may never come to be. */
  readonly functions: Map<string, number | null>;
  /** What the script's own aliases stand for; null where that only shows when it runs. */
  readonly aliases: Map<string, { readonly target: string | null; readonly at: number | null }>;
  /** All that the script assigns to a variable; null for what is no plain value. */
  readonly variables: Map<string, (Expression | null)[]>;
  /** Variables that may hold an option for a program. */
  readonly dashed: Set<string>;
  /** Variables that are read as a whole, or through which something is changed or called. */
  readonly reads: Set<string>;
  /** It sets variables by commands, so that what they hold can't be told from assignments. */
  setsByName: boolean;
}

export const emptyKnowledge = (): Knowledge => ({
  functions: new Map(),
  aliases: new Map(),
  variables: new Map(),
  dashed: new Set(),
  reads: new Set(),
  setsByName: false,
});

/** Adds what some statements say, nested ones too. Depth is bounded by who read them. */
export const gather = (node: SyntaxNode, known: Knowledge, isTop = true): void => {
  if (node.type === 'function') {
    const name = node.name.replace(/^(global|local|script|private):/, '');
    known.functions.set(name, known.functions.get(name) ?? (isTop ? node.at : null));
  }
  if (node.type === 'variable') known.reads.add(node.name);
  if (node.type === 'assignment') gatherAssignment(node, known);
  if (node.type === 'command') gatherCommand(node, known, isTop);
  // `[ref]$x` hands the variable to whoever may set it.
  if (node.type === 'operation' && node.operands.some((one) => one.type === 'type' && one.name === 'ref')) {
    const name = variableIn(node);
    if (name !== null) add(known, name, null);
  }
  if (node.type === 'control' && (node.keyword === 'foreach' || node.keyword === 'param'))
    gatherNames(node.parts, known);
  if (node.type === 'function') gatherNames(node.parts, known);
  for (const child of childrenOf(node)) {
    const isSet = node.type === 'assignment' && child === node.target && child.type === 'variable';
    if (!isSet) gather(child, known, isTop && node.type === 'pipeline');
  }
};

const add = (known: Knowledge, name: string, value: Expression | null): void => {
  const values = known.variables.get(name);
  if (values) values.push(value);
  else known.variables.set(name, [value]);
  if (value === null || mayHoldOption(value)) known.dashed.add(name);
};

const gatherAssignment = (node: AssignmentNode, known: Knowledge): void => {
  const targets = node.target.type === 'list' ? node.target.items : [node.target];
  const isPlain = node.operator === '=' && node.target.type === 'variable';
  for (const target of targets) {
    const name = variableIn(target);
    if (name === null) continue;
    const value = valueIn(node.value) ?? madeIn(node.value);
    if (target.type === 'variable') add(known, name, isPlain ? value : null);
    else if (value === null || mayHoldOption(value)) known.dashed.add(name);
    if (name.startsWith('function:')) known.functions.set(name.slice('function:'.length), null);
    if (name.startsWith('alias:')) alias(known, name.slice('alias:'.length), null, null);
  }
};

/** `New-Object some.type` as the constructor that it is. */
const madeIn = (statement: Statement): Expression | null => {
  const [only, ...more] = statement.type === 'pipeline' ? statement.elements : [];
  if (only?.type !== 'command' || more.length > 0 || only.name.type !== 'word') return null;
  const [type] = only.args;
  if (only.name.value?.toLowerCase() !== 'new-object' || type?.type !== 'word' || type.value === null)
    return null;
  const { at } = only;
  const target = { type: 'type', at, name: type.value.toLowerCase(), args: [] } as const;
  return { type: 'member', at, target, isStatic: true, name: 'new', computed: null, args: [] };
};

/** The variable at the bottom of `[int]$x`, `$x.y` and `$x[0]`. */
const variableIn = (target: Expression): string | null => {
  if (target.type === 'variable') return target.name;
  if (target.type === 'member' || target.type === 'index') return variableIn(target.target);
  const last = target.type === 'operation' ? target.operands.at(-1) : undefined;
  return last ? variableIn(last) : null;
};

/** Variables of loops and parameters hold what nobody wrote down. */
const gatherNames = (parts: readonly SyntaxNode[], known: Knowledge): void => {
  for (const part of parts) if (part.type === 'variable') add(known, part.name, null);
};

/** A name with two meanings has none that can be told. */
const alias = (known: Knowledge, name: string, target: string | null, at: number | null): void => {
  const before = known.aliases.get(name);
  if (before && before.target !== target) known.aliases.set(name, { target: null, at: null });
  else if (!before) known.aliases.set(name, { target, at });
};

const gatherCommand = (node: CommandNode, known: Knowledge, isTop: boolean): void => {
  const name = (node.name.type === 'word' ? (node.name.value ?? '') : '').toLowerCase();
  const full = aliasOf(name) ?? name;
  if (full === 'set-variable' || full === 'new-variable' || full === 'clear-variable' || full === 'read-host')
    known.setsByName ||= full !== 'read-host';
  for (const [i, arg] of node.args.entries()) {
    const next = node.args[i + 1];
    const name = arg.type === 'parameter' && setsVariable.test(arg.name) ? (arg.value ?? next) : null;
    if (name && (name.type === 'word' || name.type === 'string') && name.value !== null)
      add(known, name.value.toLowerCase().replace(/^\+|^\w+:/, ''), null);
  }
  if (full !== 'set-alias' && full !== 'new-alias') return;
  const words = node.args.filter((arg): arg is Expression => arg.type !== 'parameter');
  const [given, target] = words.map((word) =>
    word.type === 'word' || word.type === 'string' ? word.value : null,
  );
  // With its parameters in another order, or computed, it could be any name.
  const isPlain = words.length === 2 && given != null && isInOrder(node);
  if (isPlain) alias(known, given.toLowerCase(), target ?? null, isTop ? node.at : null);
  else
    for (const word of words)
      if ('value' in word && word.value) alias(known, word.value.toLowerCase(), null, null);
};

/** `-OutVariable`, `-PipelineVariable` and their like fill a variable of that name. */
const setsVariable =
  /^(v|va\w*|[opewi]v|out(v\w*)?|pi\w*|errorv\w*|warningv\w*|info\w*v\w*|bind\w*|s\w*v\w*|response\w*)$/;

const isInOrder = (node: CommandNode): boolean => {
  const names = node.args.flatMap((arg) => (arg.type === 'parameter' ? [arg.name] : []));
  return names.every(
    (name, i) => ['name', 'value'].indexOf(name) === i || /^(force|scope|option|desc)/.test(name),
  );
};

/** Whether a value may turn out to be an option of a program. */
const mayHoldOption = (value: Expression): boolean => {
  if (value.type === 'string' || value.type === 'word')
    return /(^|\s)[-/]/.test(value.text.replace(/^["']/, ''));
  return (
    value.type !== 'number' && childrenOf(value).some((child) => child.type !== 'pipeline' && mayHold(child))
  );
};
const mayHold = (node: SyntaxNode): boolean =>
  ['string', 'word', 'operation', 'list', 'group', 'hash'].includes(node.type) &&
  mayHoldOption(node as Expression);
