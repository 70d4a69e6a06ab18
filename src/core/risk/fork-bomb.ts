import { type Function as BashFunction, forEachChild, type SyntaxNode } from 'unbash';

/** Nodes of one function that are searched: a bomb is short, and each function is searched once. */
const bombNodesMax = 2_000;

/** What the functions of a script start: by name, those they call at all and those they start several of at a time. */
export interface Starts {
  readonly calls: Map<string, Set<string>>;
  readonly multiplies: Map<string, Set<string>>;
}

export const emptyStarts = (): Starts => ({ calls: new Map(), multiplies: new Map() });

/** Adds what one function starts. */
export const gatherStarts = (node: BashFunction, starts: Starts): void => {
  const calls = into(starts.calls, node.name.value);
  const multiplies = into(starts.multiplies, node.name.value);
  const stack: SyntaxNode[] = [node.body];
  for (let seen = 0; stack.length > 0 && seen < bombNodesMax; seen++) {
    const inner = stack.pop() as SyntaxNode;
    if (inner.type === 'Command' && inner.name) calls.add(inner.name.value);
    if (inner.type === 'Pipeline' && inner.commands.length > 1)
      for (const name of namesIn(inner)) multiplies.add(name);
    if (inner.type === 'Statement' && inner.background)
      for (const name of namesIn(inner.command)) multiplies.add(name);
    forEachChild(inner, (child) => stack.push(child));
  }
};

const into = (map: Map<string, Set<string>>, name: string): Set<string> => {
  const found = map.get(name) ?? new Set<string>();
  map.set(name, found);
  return found;
};

/** Commands that a pipeline or a background job starts by name, without looking into their own substitutions. */
const namesIn = (node: SyntaxNode): string[] =>
  node.type === 'Command'
    ? node.name
      ? [node.name.value]
      : []
    : node.type === 'Pipeline'
      ? node.commands.flatMap(namesIn)
      : [];

/**
 * Whether a function starts itself more than once at a time, or in the background, be it through others: nothing
 * ends that but a reboot.
 */
export const isForkBomb = (name: string, starts: Starts): boolean => {
  const todo = [...(starts.multiplies.get(name) ?? [])];
  const seen = new Set<string>();
  while (todo.length > 0) {
    const next = todo.pop() as string;
    if (next === name) return true;
    if (seen.has(next) || !starts.calls.has(next)) continue;
    seen.add(next);
    todo.push(...(starts.calls.get(next) ?? []));
  }
  return false;
};
