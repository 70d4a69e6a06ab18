import type { Card, CardRun, CardScript } from '../core/card.ts';
import { keptWords } from '../core/card-words.ts';
import { demandLine, goesWithoutSaying } from '../core/demand-words.ts';
import { riskMark } from '../core/effect-words.ts';
import { Risk } from '../core/risk/effect.ts';
import { visible } from '../core/visible.ts';
import { paint } from './paint.ts';
import { badgeLine, reasonLines, riskPaint } from './render-risk.ts';

const tones: Record<Card['tone'], (text: string) => string> = {
  waiting: paint.yellow,
  working: paint.cyan,
  good: paint.green,
  bad: paint.red,
  quiet: paint.dim,
};
const marks: Record<Card['tone'], string> = { waiting: '?', working: '…', good: '✓', bad: '✗', quiet: '–' };

/** Text from machines and models, safe for a terminal: no escape sequence gets through. Windows' line ends are line ends. */
export const plain = (text: string): string => visible(text.replace(/\r(?=\n|$)/g, '')).text;

/** A card as a terminal shows it: the same things in the same order as on every surface. */
export const renderCard = (card: Card): string => {
  const parts = [headOf(card)];
  if (card.question) parts.push(plain(card.question.text), ...card.question.options.map((o) => `  ${o}`));
  if (card.decision?.reason) parts.push(`  "${plain(card.decision.reason)}"`);
  for (const notice of card.notices) parts.push(`  ${paint.yellow(plain(notice.text))}`);
  if (['proposed', 'rejected', 'refused'].includes(card.state)) parts.push(...scriptsOf(card));
  parts.push(...demandsOf(card));
  if (card.runs.length > 1 || card.runs.some((r) => r.sentence))
    parts.push(...card.runs.slice(0, runsShownMax).map(runLine));
  if (card.runs.length > runsShownMax) parts.push(paint.dim(`  and ${card.runs.length - runsShownMax} more`));
  if (card.answer) parts.push('', ...answerOf(card));
  const kept = keptWords(card);
  if (kept) parts.push(paint.dim(`  ${plain(kept)}`));
  const next = nextCommands(card);
  if (next.length > 0) parts.push('', ...next);
  if (card.followUps.length > 0)
    parts.push('', paint.dim(`Next: ${card.followUps.map((f) => `"${plain(f.request)}"`).join(', ')}`));
  return parts.join('\n');
};

/** What the person can type next, where the card waits for them. */
const nextCommands = (card: Card): string[] => {
  if (card.state === 'asking') {
    const option = card.question?.options[0] ?? '<machine>';
    return [
      paint.dim(
        `Choose with: npx nerdy choose ${card.task} ${/^[\w.-]+$/.test(option) ? option : `"${option}"`}`,
      ),
    ];
  }
  if (card.state === 'paused') {
    return [
      paint.dim(`What it printed: npx nerdy output ${card.task}`),
      paint.dim(`Go on: npx nerdy continue ${card.task} · leave the others: npx nerdy stop ${card.task}`),
    ];
  }
  return [];
};

/** More lines would push the answer off the screen; `--json` has them all. */
const runsShownMax = 12;
const evidenceShownMax = 6;

/** Two lines: number and request; where it stands, machines and, in lists, how long ago it was asked. */
export const headOf = (card: Card, ago: string | null = null): string => {
  const tone = tones[card.tone];
  const machines = card.targets.map((t) =>
    t.online || card.runs.length > 0 ? t.name : `${t.name} (offline)`,
  );
  const where =
    machines.length > 4
      ? `${machines.slice(0, 3).join(', ')} and ${machines.length - 3} more`
      : machines.join(', ');
  const head = `${tone(marks[card.tone])} ${paint.bold(`#${card.task}`)} ${plain(card.request)}`;
  return `${head}\n  ${tone(plain(card.headline))}${[where, ago].map((words) => (words ? paint.dim(` · ${words}`) : '')).join('')}`;
};

const scriptsOf = (card: Card): string[] => [
  ...(card.risk ? ['', `  ${badgeLine(card.risk)}`] : []),
  ...(card.summary ? [`  ${plain(card.summary)}`] : []),
  ...card.scripts.flatMap((script) => [
    '',
    paint.dim(
      `  ${script.interpreter} for ${script.platforms.join(', ')} · sha256 ${script.digest.slice(0, 12)} · stops after ${Math.round((card.timeoutMs ?? 0) / 1000)} s`,
    ),
    ...scriptLines(script),
    ...(script.hasHidden
      ? [paint.red("  This script holds characters that a reader can't see; they are written out as ⟨U+…⟩.")]
      : []),
    ...reasonLines(script.risk).map((line) => `  ${line}`),
  ]),
];

/** The text with a sign beside every line that does more than read. */
const scriptLines = ({ text, risk }: CardScript): string[] => {
  const byLine = new Map(risk.lines.map((line) => [line.line, line.risk]));
  const lines = text.trimEnd().split('\n');
  const width = String(lines.length).length;
  return lines.map((line, at) => {
    const found = byLine.get(at + 1) ?? Risk.readOnly;
    const gutter = `${riskMark[found]} ${String(at + 1).padStart(width)} │`;
    return `  ${found === Risk.readOnly ? paint.dim(gutter) : riskPaint[found](gutter)} ${plain(line)}`;
  });
};

/** Whose yes it takes, where that doesn't go without saying. */
const demandsOf = ({ terms }: Card): string[] => {
  const demands = (terms?.demands ?? []).filter((demand) => !goesWithoutSaying(demand));
  return demands.length === 0 ? [] : ['', ...demands.map((demand) => `  ${plain(demandLine(demand))}`)];
};

const runLine = (run: CardRun): string => {
  const exit = run.exitCode === null ? '' : ` (exit ${run.exitCode})`;
  return `  ${run.name}: ${run.state}${exit}${run.sentence ? `. ${plain(run.sentence.text)}` : ''}`;
};

/** Columns of a terminal that a text takes: Hangul and other wide letters take two (Unicode's East Asian Width). */
const columnsOf = (text: string): number =>
  [...text].reduce(
    (sum, letter) =>
      sum + (/[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFF00-\uFF60]/u.test(letter) ? 2 : 1),
    0,
  );

const answerOf = ({ answer }: Card): string[] => {
  if (!answer) return [];
  const lines = answer.words.split('\n').map((line) => paint.bold(plain(line)));
  const isLabelled = answer.hosts.length > 1;
  for (const host of answer.hosts) {
    if (host.facts.length === 0 && host.evidence.length === 0) continue;
    if (isLabelled)
      lines.push('', `  ${paint.bold(host.agentName)}${host.ok ? '' : paint.red(' (look at this)')}`);
    const indent = isLabelled ? '    ' : '  ';
    const width = Math.max(0, ...host.facts.map((f) => columnsOf(plain(f.label))));
    for (const fact of host.facts) {
      const label = plain(fact.label);
      lines.push(`${indent}${label}${' '.repeat(width - columnsOf(label))}  ${plain(fact.value)}`);
    }
    for (const line of host.evidence.slice(0, evidenceShownMax))
      lines.push(paint.dim(`${indent}│ ${plain(line)}`));
  }
  return lines;
};
