import type { SyntaxNode } from './tree.ts';

/** The nodes directly inside a node, in the order of the text. */
export const childrenOf = (node: SyntaxNode): readonly SyntaxNode[] => {
  switch (node.type) {
    case 'string':
    case 'word':
    case 'control':
    case 'function':
      return node.parts;
    case 'group':
    case 'block':
      return node.statements;
    case 'hash':
      return node.entries.flatMap(({ key, value }) => [key, value]);
    case 'type':
      return node.args;
    case 'member':
      return [node.target, ...(node.computed ? [node.computed] : []), ...(node.args ?? [])];
    case 'index':
      return [node.target, ...node.index];
    case 'operation':
      return node.operands;
    case 'list':
      return node.items;
    case 'parameter':
      return node.value ? [node.value] : [];
    case 'redirection':
      return node.target ? [node.target] : [];
    case 'command':
      return [node.name, ...node.args, ...node.redirections];
    case 'value':
      return [node.expression, ...node.redirections];
    case 'pipeline':
      return node.elements;
    case 'assignment':
      return [node.target, node.value];
    default:
      return [];
  }
};
