import { type Function as BashFunction, forEachChild, type SyntaxNode } from 'unbash';

/** Nodes of one function that are searched: a bomb is short, and each function is searched once. */
const bombNodesMax = 2_000;

/** Whether a function starts itself more than once at a time, or in the background: nothing ends that but a reboot. */
export const isForkBomb = (node: BashFunction): boolean => {
  const stack: SyntaxNode[] = [node.body];
  for (let seen = 0; stack.length > 0 && seen < bombNodesMax; seen++) {
    const inner = stack.pop() as SyntaxNode;
    const calls = (command: SyntaxNode): boolean =>
      command.type === 'Command' && command.name?.value === node.name.value;
    if (inner.type === 'Pipeline' && inner.commands.filter(calls).length > 1) return true;
    if (inner.type === 'Statement' && inner.background && holdsCall(inner.command, calls)) return true;
    forEachChild(inner, (child) => stack.push(child));
  }
  return false;
};

const holdsCall = (node: SyntaxNode, calls: (command: SyntaxNode) => boolean): boolean =>
  calls(node) || (node.type === 'Pipeline' && node.commands.some(calls));
