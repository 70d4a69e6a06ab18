// `npm run eval:risk -- <file> [--misses] [--shell bash|powershell]`: how the classifier does on rows with a `check`.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { bundle } from './bundle.js';

const invokedFrom = process.env.INIT_CWD ?? process.cwd();
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { misses: { type: 'boolean', default: false }, shell: { type: 'string' } },
});
const [file] = positionals;
if (!file) {
  console.error('Usage: npm run eval:risk -- <rows.jsonl> [--misses] [--shell bash|powershell]');
  process.exit(2);
}
await bundle({ classify: 'src/core/risk/classify.ts' }, 'dist/eval');
const { classify } = await import('../dist/eval/classify.js');

const passes = {
  'read-only': (risk) => risk === 'read-only',
  'not-read-only': (risk) => risk !== 'read-only',
  destructive: (risk) => risk === 'dangerous' || risk === 'forbidden',
  'not-destructive': (risk) => risk === 'read-only' || risk === 'changes',
};
const rows = readFileSync(new URL(file, `file://${invokedFrom}/`), 'utf8')
  .split('\n')
  .filter((line) => line.trim() !== '')
  .map((line) => JSON.parse(line))
  .filter((row) => values.shell === undefined || row.shell === values.shell);

const cells = new Map();
const misses = [];
const started = performance.now();
for (const row of rows) {
  const found = classify(row.shell, row.script);
  const isRight = passes[row.check](found.risk);
  const place = row.source.split(':')[0].split('(')[0];
  for (const key of [`${row.shell}\t${row.check}\tall`, `${row.shell}\t${row.check}\t${place}`]) {
    const cell = cells.get(key) ?? { right: 0, all: 0 };
    cell.all++;
    if (isRight) cell.right++;
    cells.set(key, cell);
  }
  if (!isRight) misses.push({ ...row, risk: found.risk, why: found.lines.map((l) => l.why).join(' | ') });
}
const ms = performance.now() - started;
for (const [key, { right, all }] of [...cells].sort(([a], [b]) => a.localeCompare(b))) {
  const [shell, check, source] = key.split('\t');
  const share = `${((100 * right) / all).toFixed(1)} %`;
  console.log(
    `${shell.padEnd(11)}${check.padEnd(17)}${share.padStart(8)}${`${right}/${all}`.padStart(12)}  ${source}`,
  );
}
console.log(`\n${rows.length} rows in ${ms.toFixed(0)} ms`);
if (values.misses) {
  for (const miss of misses)
    console.log(
      `\n[${miss.check}, but ${miss.risk}] ${JSON.stringify(miss.script).slice(0, 300)}\n    ${miss.why.slice(0, 200)}`,
    );
}
