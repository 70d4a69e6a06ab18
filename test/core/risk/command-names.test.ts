import { createRequire } from 'node:module';
import { forEachChild, parse, type SyntaxNode } from 'unbash';
import { describe, expect, it } from 'vitest';
import { everyScript } from './attacks/attacks.ts';
import { differences } from './command-names.ts';
import { runbookScripts } from './runbook-scripts.ts';

/** What is used of mvdan-sh, a second parser of Bash by other people: if both overlook a command, it is well hidden. */
interface Mvdan {
  readonly syntax: {
    NewParser(): { Parse(text: string, name: string): MvdanNode };
    Walk(node: MvdanNode, visit: (node: MvdanNode | null) => boolean): void;
    NodeType(node: MvdanNode): string;
  };
}
interface MvdanNode {
  readonly Args?: readonly { Pos(): { Offset(): number } }[];
}
const { syntax } = createRequire(import.meta.url)('mvdan-sh') as Mvdan;

/** Where commands begin, in UTF-8 bytes as mvdan-sh counts; null where it can't parse. */
const seenByMvdan = (script: string): readonly number[] | null => {
  const found: number[] = [];
  let tree: MvdanNode;
  try {
    tree = syntax.NewParser().Parse(script, 'script');
  } catch {
    return null;
  }
  syntax.Walk(tree, (node) => {
    const first = node && syntax.NodeType(node) === 'CallExpr' ? node.Args?.[0] : undefined;
    if (first) found.push(first.Pos().Offset());
    return true;
  });
  return found.sort((a, b) => a - b);
};

const seenByUnbash = (script: string): readonly number[] | null => {
  const found: number[] = [];
  const tree = parse(script);
  if (tree.errors && tree.errors.length > 0) return null;
  const stack: SyntaxNode[] = [tree];
  while (stack.length > 0) {
    const node = stack.pop() as SyntaxNode;
    if (node.type === 'Command' && node.name)
      found.push(Buffer.byteLength(script.slice(0, node.name.pos), 'utf8'));
    forEachChild(node, (child) => stack.push(child));
  }
  return found.sort((a, b) => a - b);
};

/** Builtins that mvdan-sh has nodes of their own for are left out, and backticks, whose text has positions of its own. */
const comparable = (script: string): boolean =>
  !/\b(declare|typeset|local|export|readonly|nameref|let)\b/.test(script) && !script.includes('`');

describe('the commands that two parsers find', () => {
  const scripts = [...new Set([...runbookScripts, ...everyScript])].filter(comparable);

  it('are the same, but where a reason is given', () => {
    const differing = scripts.filter((script) => {
      const theirs = seenByMvdan(script);
      const ours = seenByUnbash(script);
      return JSON.stringify(theirs) !== JSON.stringify(ours);
    });
    expect(differing.filter((script) => !(script in differences))).toEqual([]);
    expect(Object.keys(differences).filter((script) => !differing.includes(script))).toEqual([]);
  });

  it('are compared on most of the scripts', () => {
    expect(scripts.length).toBeGreaterThan(2_000);
    expect(runbookScripts.filter(comparable).length).toBeGreaterThan(50);
  });
});
