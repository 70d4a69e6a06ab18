import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAst } from 'vitest/node';

/** A node of the syntax tree (ESTree with TypeScript's nodes), as far as the rules look at it. */
export interface SyntaxNode {
  type: string;
  start: number;
  end: number;
  [key: string]: unknown;
}

export interface Import {
  /** The file from the repository's root (`src/core/task.ts`), or the package as it is written. */
  to: string;
  isFile: boolean;
  /** Nothing of it is there when the program runs. */
  isTypeOnly: boolean;
}

/** A source file as the rules see it. */
export interface SourceFile {
  /** From the repository's root, with slashes. */
  path: string;
  text: string;
  tree: SyntaxNode;
  imports: Import[];
  /** Names that others can import; a value and a type of one name are one. */
  exports: string[];
}

const root = fileURLToPath(new URL('..', import.meta.url));

export const textAt = (path: string): string => readFileSync(join(root, path), 'utf8');

/** Paths of all files under these folders, from the repository's root. What is made or fetched is left out. */
export const filesUnder = (...folders: string[]): string[] =>
  folders
    .flatMap((folder) => readdirSync(join(root, folder), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .filter((path) => !/(^|\/)(node_modules|dist|vendor)\//.test(path))
    .sort();

/** Parses all TypeScript files under these folders. */
export const sourcesUnder = (...folders: string[]): SourceFile[] =>
  filesUnder(...folders)
    .filter((path) => /\.tsx?$/.test(path))
    .map(sourceFile);

export const sourceFile = (path: string): SourceFile => {
  const text = textAt(path);
  const tree = parseAst(text, { lang: path.endsWith('x') ? 'tsx' : 'ts' }, path) as unknown as SyntaxNode;
  const imports = nodesOf(tree).flatMap((node) => importOf(node, path));
  return { path, text, tree, imports, exports: [...new Set(bodyOf(tree).flatMap(exportedNames))] };
};

/** All nodes of a tree, the node itself first. */
export const nodesOf = (node: SyntaxNode): SyntaxNode[] => [
  node,
  ...Object.values(node)
    .flatMap((value) => (Array.isArray(value) ? value : [value]))
    .filter(isNode)
    .flatMap(nodesOf),
];

export const bodyOf = (tree: SyntaxNode): SyntaxNode[] => tree.body as SyntaxNode[];

/** The line of a place in the file, counted from 1. */
export const lineOf = ({ text }: SourceFile, at: number): number => text.slice(0, at).split('\n').length;

/** The words that a node was written with. */
export const textOf = ({ text }: SourceFile, { start, end }: SyntaxNode): string => text.slice(start, end);

const isNode = (value: unknown): value is SyntaxNode =>
  typeof value === 'object' && value !== null && typeof (value as SyntaxNode).type === 'string';

const importOf = (node: SyntaxNode, path: string): Import[] => {
  if (!/^(Import|ExportNamed|ExportAll)Declaration$|^ImportExpression$|^TSImportType$/.test(node.type))
    return [];
  const source = node.source as SyntaxNode | null;
  if (typeof source?.value !== 'string') return [];
  const isFile = source.value.startsWith('.');
  const to = isFile ? join(dirname(path), source.value).replaceAll('\\', '/') : source.value;
  return [{ to, isFile, isTypeOnly: isTypeOnly(node) }];
};

const isTypeOnly = (node: SyntaxNode): boolean => {
  if (node.type === 'TSImportType' || node.importKind === 'type' || node.exportKind === 'type') return true;
  const specifiers = (node.specifiers ?? []) as SyntaxNode[];
  return specifiers.length > 0 && specifiers.every((s) => s.importKind === 'type' || s.exportKind === 'type');
};

const nameOf = (node: unknown): string => ((node as SyntaxNode | null)?.name as string | undefined) ?? '';

const exportedNames = (node: SyntaxNode): string[] => {
  if (node.type === 'ExportDefaultDeclaration') return ['default'];
  if (node.type === 'ExportAllDeclaration') return ['*'];
  if (node.type !== 'ExportNamedDeclaration') return [];
  const declaration = node.declaration as SyntaxNode | null;
  if (!declaration) return (node.specifiers as SyntaxNode[]).map((s) => nameOf(s.exported));
  const declared = (declaration.declarations as SyntaxNode[] | undefined) ?? [declaration];
  return declared.map((d) => nameOf(d.id));
};
