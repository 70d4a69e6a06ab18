import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { Language, type Node, Parser } from 'web-tree-sitter';
import { riskCharsMax } from '../../../../src/core/risk/limits.ts';
import { programs } from '../../../../src/core/risk/powershell/catalogue/programs.ts';
import { cmdletFamilies } from '../../../../src/core/risk/powershell/catalogue.ts';
import { childrenOf } from '../../../../src/core/risk/powershell/children.ts';
import { classifyPowershell } from '../../../../src/core/risk/powershell/classify-powershell.ts';
import { parsePowershell } from '../../../../src/core/risk/powershell/parse.ts';
import type { SyntaxNode } from '../../../../src/core/risk/powershell/tree.ts';

const shapes = [
  'if (Test-Path a) { Get-Item a } elseif ($b) { 1 } else { Get-Date }',
  'foreach ($i in 1..3) { Write-Output "$i $(Get-Date)" }',
  'for ($i = 0; $i -lt 3; $i++) { Get-Item $i }',
  'while ($true) { Get-Date; break }',
  "switch ($x) { 'a' { Get-Date } default { Get-Host } }",
  'try { Get-Item a } catch [System.Exception] { Get-Date } finally { Get-Host }',
  'function f { param([string]$a = "b") Get-Item $a }\nf x',
  '$p = @{ Path = "a"; Name = "b" }\nGet-Item @p',
  '@"\n$(Get-Date) $x\n"@ | Out-String',
  "Get-Item 'a''b', \"c`\"d\" -Force",
  '[math]::Round((Get-Item a).Length / 1MB, 2)',
  'Get-ChildItem | Where-Object { $_.Length -gt 5 } | Select-Object Name, @{n="a";e={$_.b}}',
  'Get-Item a `\n  -Force # c\n<# d #> Get-Date',
  'Get-Date && Get-Host || Get-Process',
];
const examples = Object.values({ ...cmdletFamilies, programs }).flatMap((family) =>
  Object.values(family.examples).flat(),
);
const scripts = [...shapes, ...examples];
const pieces = [
  ...'\'"`$#@,;|&(){}[]<>.:!?%-=+*\\/~^ \n',
  ...['$(', '${', '@(', '@{', '@"\n', "\n'@", '<#', '#>', '`\n', '::', '..', '--%', '2>&1', '> $null', '&&'],
  ...['if (', 'else', 'function x {', 'param(', '-eq', '-f', 'return', 'Get-Item', '$_', '[int]', '$x = '],
];
const odd = [
  '\u0001',
  '\u202E',
  '\u200B',
  '\u2018',
  '\u201c',
  '\u2013',
  '\u00a0',
  '\u0085',
  '\r',
  '\0',
  '\ufeff',
];

/** A script with pieces of syntax put in, taken out and repeated. */
const mutated = (more: readonly string[]) =>
  fc
    .tuple(
      fc.constantFrom(...scripts),
      fc.array(fc.tuple(fc.nat(120), fc.nat(6), fc.constantFrom(...pieces, ...shapes, ...more)), {
        minLength: 1,
        maxLength: 4,
      }),
    )
    .map(([script, edits]) =>
      edits.reduce((text, [at, cut, piece]) => {
        const place = at % (text.length + 1);
        return text.slice(0, place) + piece + text.slice(place + cut);
      }, script),
    );

/** What commands one reader and another find by name. */
const namesIn = (script: string): string[] => {
  const names: string[] = [];
  const visit = (node: SyntaxNode): void => {
    if (node.type === 'command' && 'text' in node.name) names.push(node.name.text);
    childrenOf(node).forEach(visit);
  };
  parsePowershell(script).statements.forEach(visit);
  return names;
};
const plainName = /^[a-z][\w-]*$/i;
const otherNamesIn = (root: Node): string[] => {
  const names: string[] = [];
  const visit = (node: Node): void => {
    const name = node.type === 'command' ? node.childForFieldName('command_name') : null;
    if (name && plainName.test(name.text)) names.push(name.text);
    for (const child of node.children) if (child) visit(child);
  };
  visit(root);
  return names;
};

describe('beside a grammar of somebody else', () => {
  const parser: { parse(text: string): { rootNode: Node; delete(): void } | null }[] = [];
  beforeAll(async () => {
    await Parser.init();
    const file = new URL(import.meta.resolve('tree-sitter-powershell/tree-sitter-powershell.wasm'));
    const other = new Parser();
    other.setLanguage(await Language.load(readFileSync(file)));
    parser.push(other);
  });

  /** Names that the other grammar finds in a text that both take, and this reader doesn't. */
  const overlooked = (text: string): string[] => {
    const tree = parser[0]?.parse(text);
    try {
      // The other grammar doesn't know that a backtick takes what follows into a word.
      if (!tree || text.includes('`') || tree.rootNode.hasError || parsePowershell(text).fault !== null)
        return [];
      const ours = namesIn(text);
      return otherNamesIn(tree.rootNode).filter((name) => {
        const at = ours.indexOf(name);
        if (at >= 0) ours.splice(at, 1);
        return at < 0;
      });
    } finally {
      tree?.delete();
    }
  };

  it('no command of the examples is overlooked', () => {
    expect(scripts.map((text) => [text, overlooked(text)]).filter(([, names]) => names?.length)).toEqual([]);
  });

  it('no command of mutated scripts is overlooked that would run', () => {
    const texts = fc.sample(mutated([]), { numRuns: 1_500, seed: 1042 });
    const found = texts
      .map((text) => [text, overlooked(text)] as const)
      .filter(([text, names]) => names.length > 0 && classifyPowershell(text).risk === 'read-only');
    expect(found).toEqual([]);
  });
});

describe('mutated scripts of PowerShell', () => {
  it('are never read-only when there is a fault in them, never throw, and always have a risk', () => {
    fc.assert(
      fc.property(fc.oneof(mutated(odd), fc.string({ maxLength: 200, unit: 'binary' })), (text) => {
        const found = classifyPowershell(text);
        expect(['read-only', 'changes', 'dangerous', 'forbidden']).toContain(found.risk);
        if (parsePowershell(text.replaceAll('\r\n', '\n')).fault !== null) expect(found.unparsed).toBe(true);
        if (found.unparsed) expect(found.risk).not.toBe('read-only');
      }),
      { numRuns: 4_000 },
    );
  });

  it('keep a danger that stands on a line of its own', () => {
    fc.assert(
      fc.property(fc.constantFrom(...scripts), fc.constantFrom('\n', ';'), (script, separator) => {
        const { risk } = classifyPowershell(`${script}${separator}Stop-Computer`);
        expect(['dangerous', 'forbidden']).toContain(risk);
      }),
      { numRuns: 500 },
    );
  });
});

describe('large scripts of PowerShell', () => {
  const depth = 10_000;
  const large: Readonly<Record<string, string>> = {
    'a megabyte of words': `Write-Output ${'a '.repeat(500_000)}`,
    'a megabyte of one word': 'a'.repeat(1_000_000),
    'words at the limit': `Write-Output ${'a '.repeat(Math.floor(riskCharsMax / 2) - 10)}`,
    'lists at the limit': `Write-Output ${'a,'.repeat(Math.floor(riskCharsMax / 2) - 10)}a`,
    'numbers at the limit': `$x = ${'1,'.repeat(Math.floor(riskCharsMax / 2) - 10)}1`,
    'subexpressions, ten thousand deep': `${'$('.repeat(depth)}1${')'.repeat(depth)}`,
    'subexpressions in strings': '"$('.repeat(depth),
    'nested subexpressions in strings': `${'"$('.repeat(60)}1${')"'.repeat(60)}`,
    brackets: '('.repeat(depth),
    blocks: '{'.repeat(depth),
    'closed blocks': `${'{'.repeat(depth)}${'}'.repeat(depth)}`,
    'hash tables': '@{a='.repeat(depth),
    casts: '[int]'.repeat(depth),
    types: '['.repeat(depth),
    signs: '!'.repeat(depth),
    members: `$a${'.b'.repeat(depth)}`,
    calls: `$a${'.b()'.repeat(depth)}`,
    indexes: '$a['.repeat(depth),
    'here-strings': '@"\n'.repeat(depth),
    'open comments': '<#'.repeat(depth),
    'open quotes': "'\n".repeat(depth),
    'closing brackets': ')'.repeat(depth),
    'faults on every line': "a 'b\nc )\n".repeat(5_000),
    assignments: '$a='.repeat(depth),
    'else after else': `if (1) {}${' elseif (1) {}'.repeat(5_000)}`,
    'pipes at the limit': `${'a | '.repeat(Math.floor(riskCharsMax / 5))}a`,
    'lines at the limit': 'Get-Item C:\\a\n'.repeat(Math.floor(riskCharsMax / 14)),
    'one variable, set often': '$a = "-b"\n'.repeat(10_000),
    'variables of variables': Array.from({ length: 3_000 }, (_, i) => `$a${i + 1} = $a${i} + $a${i}`).join(
      '\n',
    ),
    'shells in one line': `cmd /c ${'cmd /c '.repeat(2_000)}dir`,
    'shells of PowerShell': 'powershell -c '.repeat(2_000),
    'the old shell and its signs': `cmd /c ${'a^&'.repeat(20_000)}`,
    'the old shell and its loops': `cmd /c ${'for %i in (1) do '.repeat(3_000)}dir`,
    'starts of starts': `cmd /c ${'start '.repeat(5_000)}x`,
    'a long path': `Get-Item ${'a\\..\\'.repeat(20_000)}`,
    backticks: '`'.repeat(100_000),
    dollars: '$'.repeat(100_000),
  };
  for (const [what, script] of Object.entries(large)) {
    it(`${what} end in time`, () => {
      const started = performance.now();
      classifyPowershell(script);
      expect(performance.now() - started).toBeLessThan(3_000);
    });
  }
});

it('a typical script of PowerShell takes under a millisecond', () => {
  const text = 'Get-Process | Sort-Object CPU -Descending | Select-Object -First 5 Name, CPU | Format-Table';
  for (let i = 0; i < 300; i++) classifyPowershell(text);
  // The best of several rounds: the others say how busy the machine was.
  const rounds = Array.from({ length: 10 }, () => {
    const started = performance.now();
    for (let i = 0; i < 50; i++) classifyPowershell(text);
    return (performance.now() - started) / 50;
  });
  expect(Math.min(...rounds)).toBeLessThan(1);
});
