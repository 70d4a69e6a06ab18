import { describe, expect, it } from 'vitest';
import { type Sentence, type SentenceCode, sentence } from '../src/core/sentences.ts';
import {
  bodyOf,
  filesUnder,
  lineOf,
  nodesOf,
  type SourceFile,
  type SyntaxNode,
  sourceFile,
  sourcesUnder,
  textAt,
  textOf,
} from './source-tree.ts';

const fileLinesMax = 400;
const functionLinesMax = 70;
const exportsMax = 5;

/** Files that may export more, each with its reason. */
const manyExports: Readonly<Record<string, string>> = {
  'proto/agent-stream.ts': 'one interface for each message of agent.proto',
  'src/core/order.ts':
    'the order in all its forms: what one end signs and the other verifies must be read together',
};
/** Bounds are looked up together, with their reasons. */
const isLimits = (path: string): boolean => path.endsWith('/limits.ts');
/** Started or included, never imported. */
const isEntry = (path: string): boolean => /(^|\/)main\.ts$|\.d\.ts$/.test(path);

/** Folders of tests that mirror no folder of src. */
const otherTestFolders: Readonly<Record<string, string>> = {
  chat: 'one file of scenarios, which every chat platform is played',
  contract: 'one suite for each port, run on every implementation',
  e2e: 'the whole thing',
  fakes: 'far ends over real sockets, and the clock',
  emulators: 'chat platforms as others wrote them',
  browser: 'the console in a real browser',
  network: 'agents on networks that fail',
  agent: 'mirrors agent/src',
  proto: 'mirrors proto',
  install: 'mirrors install',
  interop: 'an agent in another language',
};

const product = sourcesUnder('src', 'agent/src', 'proto');
const tests = sourcesUnder('test');
const codeFiles = filesUnder('src', 'agent/src', 'proto', 'test', 'scripts', 'bin').filter((path) =>
  /\.(tsx?|[cm]?js|sh|ps1)$/.test(path),
);
const at = (file: SourceFile, node: SyntaxNode): string => `${file.path}:${lineOf(file, node.start)}`;

describe('sizes', () => {
  it('a file can be read in one go', () => {
    const long = codeFiles
      .map((path) => ({ path, lines: textAt(path).trimEnd().split('\n').length }))
      .filter(({ lines }) => lines > fileLinesMax)
      .map(({ path, lines }) => `${path} has ${lines} lines`);
    expect(long, `split it by what it does; ${fileLinesMax} lines at most`).toEqual([]);
  });

  it('a function fits on a screen', () => {
    const long = product.flatMap((file) =>
      nodesOf(file.tree)
        .filter((n) => /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(n.type))
        .map((n) => ({ n, lines: lineOf(file, n.end) - lineOf(file, n.start) + 1 }))
        .filter(({ lines }) => lines > functionLinesMax)
        .map(({ n, lines }) => `${at(file, n)} begins a function of ${lines} lines`),
    );
    expect(long, `take a step of it out under its own name; ${functionLinesMax} lines at most`).toEqual([]);
  });

  it('a file has one subject: a few exports, beside the types that they take and give', () => {
    const crowded = product
      .filter(({ path }) => !isLimits(path) && !manyExports[path])
      .map((file) => ({ path: file.path, values: valueExportsOf(file) }))
      .filter(({ values }) => values.length > exportsMax)
      .map(({ path, values }) => `${path} exports ${values.join(', ')}`);
    expect(
      crowded,
      `split it by subject; ${exportsMax} at most, or an exception above with its reason`,
    ).toEqual([]);
  });

  it('a file that exports nothing is started, not imported', () => {
    const dead = product
      .filter(({ path, exports }) => exports.length === 0 && !isEntry(path))
      .map((f) => f.path);
    expect(dead, 'export what it is for, or delete it').toEqual([]);
  });

  it('an exception that is not needed any more is taken back', () => {
    const idle = Object.keys(manyExports).filter((path) => {
      const file = product.find((f) => f.path === path);
      return !file || file.exports.length <= exportsMax;
    });
    expect(idle, 'delete it from the list above').toEqual([]);
  });
});

/** What a file exports that is there when the program runs; a type beside it is free. */
const valueExportsOf = (file: SourceFile): string[] => {
  const types = bodyOf(file.tree)
    .map((n) => n.declaration as SyntaxNode | null | undefined)
    .filter((d) => d?.type === 'TSInterfaceDeclaration' || d?.type === 'TSTypeAliasDeclaration')
    .map((d) => (d?.id as { name: string } | undefined)?.name);
  const values = bodyOf(file.tree)
    .map((n) => n.declaration as SyntaxNode | null | undefined)
    .flatMap((d) => (d?.declarations as { id: { name: string } }[] | undefined) ?? [])
    .map((d) => d.id.name);
  return file.exports.filter((name) => !types.includes(name) || values.includes(name));
};

describe('names', () => {
  it('are kebab-case', () => {
    const kebab = /^_?[a-z0-9]+(-[a-z0-9]+)*(\.(test|d|config))?(\.[a-z0-9]+)?$/;
    const odd = filesUnder('src', 'agent/src', 'proto', 'test', 'scripts', 'bin', 'runbooks').filter((path) =>
      path.split('/').some((part) => !kebab.test(part)),
    );
    expect(odd, 'rename it to words-with-dashes').toEqual([]);
  });

  it('say what is inside', () => {
    const vague = [
      'utils',
      'util',
      'common',
      'helpers',
      'helper',
      'lib',
      'types',
      'interfaces',
      'misc',
      'shared',
    ];
    const bad = codeFiles.filter((path) =>
      path.split('/').some((part) => vague.includes(part.split('.')[0] ?? '')),
    );
    expect(bad, 'name it for its main export').toEqual([]);
  });

  it('are given by the exporter: no default exports', () => {
    const nameless = [...product, ...tests]
      .filter(({ path, exports }) => exports.includes('default') && !path.endsWith('vitest.config.ts'))
      .map(({ path }) => path);
    expect(nameless, 'export it under a name').toEqual([]);
  });
});

describe('tests', () => {
  it('stand where their subject stands', () => {
    const subjects = new Set(filesUnder('src').map((path) => path.split('/')[1]));
    const folders = new Set(filesUnder('test').map((path) => path.split('/').slice(1, -1)[0] ?? ''));
    folders.delete('');
    const astray = [...folders].filter((name) => !subjects.has(name) && !otherTestFolders[name]);
    expect(astray, 'move the tests to the folder that mirrors src').toEqual([]);
  });

  it('never sleep', () => {
    const sleeps = tests.flatMap((file) => [
      ...nodesOf(file.tree)
        .filter(isSleep)
        .map((n) => at(file, n)),
      ...file.imports
        .filter(({ to }) => /^(node:)?timers\/promises$/.test(to))
        .map(({ to }) => `${file.path}: ${to}`),
    ]);
    expect(sleeps, 'step the clock (test/fakes/stepped-clock.ts), or await the event').toEqual([]);
  });

  it('all run', () => {
    const idle = tests.flatMap((file) =>
      nodesOf(file.tree)
        .filter((n) => n.type === 'MemberExpression')
        .filter((n) => /^(it|test|describe)\b.*\.(only|skip|todo|fails|skipIf|runIf)$/s.test(textOf(file, n)))
        .map((n) => `${at(file, n)} has ${textOf(file, n)}`),
    );
    expect(idle, 'run it or delete it; a test that is left out says nothing').toEqual([]);
  });
});

/** `new Promise((resolve) => setTimeout(resolve, …))`, in whatever words. A deadline that rejects is none. */
const isSleep = (node: SyntaxNode): boolean => {
  if (node.type !== 'NewExpression' || (node.callee as { name?: string }).name !== 'Promise') return false;
  const executor = (node.arguments as SyntaxNode[])[0];
  const resolve = (executor?.params as { name?: string }[] | undefined)?.[0]?.name;
  if (!executor || !resolve) return false;
  return nodesOf(executor)
    .filter((n) => n.type === 'CallExpression' && (n.callee as { name?: string }).name === 'setTimeout')
    .flatMap((n) => nodesOf((n.arguments as SyntaxNode[])[0] as SyntaxNode))
    .some((n) => n.name === resolve);
};

it('nothing is left to do in the code: it is done, or it is an issue', () => {
  const marks = new RegExp(`\\b(${['TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X', 'HA' + 'CK'].join('|')})\\b`);
  const left = [...codeFiles, ...filesUnder('docs', 'runbooks')]
    .filter((path) => /\.(tsx?|[cm]?js|sh|ps1|md|yml|css)$/.test(path))
    .flatMap((path) =>
      textAt(path)
        .split('\n')
        .flatMap((line, i) => (marks.test(line) ? [`${path}:${i + 1}: ${line.trim()}`] : [])),
    );
  expect(left, 'do it now, or open an issue and say why not in a sentence').toEqual([]);
});

describe('sentences', () => {
  const sentences = sourceFile('src/core/sentences.ts');
  const templates = nodesOf(sentences.tree).find(
    (n) => n.type === 'VariableDeclarator' && (n.id as { name?: string }).name === 'templates',
  );
  const codes = nodesOf(templates as SyntaxNode)
    .filter((n) => n.type === 'Property' && (n.value as SyntaxNode).type === 'ArrowFunctionExpression')
    .map((n) => (n.key as { name: string }).name as SentenceCode);

  it('are each said somewhere', () => {
    const said = product.filter((file) => file.path !== sentences.path).map((file) => file.text);
    const unsaid = codes.filter((code) => !said.some((text) => text.includes(`'${code}'`)));
    expect(unsaid, 'say it where it happens, or delete it from src/core/sentences.ts').toEqual([]);
  });

  it('differ: a person who reads one knows which it is', () => {
    const texts = codes.map(textWithNamesFor);
    const same = codes.filter((_, i) => texts.indexOf(texts[i] ?? '') !== i);
    expect(same, 'use one code for both, or say what differs').toEqual([]);
  });

  it('are whole sentences', () => {
    const broken = codes.map(textWithNamesFor).filter((text) => !/^[\p{Lu}"⟨].*[.?!⟩]$/su.test(text));
    expect(broken, 'begin with a capital, end with a stop').toEqual([]);
  });
});

/** A code's text with every value's own name in its place. */
const textWithNamesFor = (code: SentenceCode): string => {
  // Some values are lists; a list of one name is written like the name.
  const values = new Proxy({}, { get: (_, name) => [`⟨${String(name)}⟩`] });
  return (sentence as (code: SentenceCode, values: unknown) => Sentence)(code, values).text;
};

describe('limits', () => {
  const limitFiles = product.filter(({ path }) => isLimits(path));

  it('each bounds something', () => {
    const idle = limitFiles.flatMap((limits) => {
      const others = product.filter(
        ({ path, imports }) => path !== limits.path && imports.some((i) => i.to === limits.path),
      );
      return limits.exports
        .filter(
          (name) =>
            !others.some(({ text }) => new RegExp(`\\b${name}\\b`).test(text)) && !isUsedInside(limits, name),
        )
        .map((name) => `${limits.path}: ${name}`);
    });
    expect(idle, 'enforce it where it belongs, or delete it').toEqual([]);
  });

  it('each gives its reason', () => {
    const silent = limitFiles.flatMap((file) => {
      const lines = file.text.split('\n');
      // A second line of a pair ("…Ms", "…MsMax") may share the comment above the first.
      return lines.flatMap((line, i) =>
        /^export const/.test(line) && lines[i - 1]?.trim() === '' ? [`${file.path}:${i + 1}: ${line}`] : [],
      );
    });
    expect(silent, 'say in a comment above it why it is not twice as much').toEqual([]);
  });
});

const isUsedInside = (file: SourceFile, name: string): boolean =>
  (file.text.match(new RegExp(`\\b${name}\\b`, 'g'))?.length ?? 0) > 1;
