import type { RichTextElement } from '@slack/types';
import type { Card, CardTarget } from '../core/card.ts';
import type { Detail } from './detail.ts';
import { shown } from './escape.ts';
import { nameCharsMax } from './limits.ts';
import { say } from './rich-text.ts';

/** Machines on lines of their own, with labels; more stand in one line. */
const linesMax = 3;

/** The machines that it would run on, as lines. Who is not there is said beside the name, and counted among the rest. */
export const targetLines = (card: Card, detail: Detail): RichTextElement[][] => {
  const { targets } = card;
  if (targets.length === 0) return [];
  if (targets.length <= Math.min(linesMax, detail.targets))
    return targets.map((target) => [
      ...say.text(target.online ? '● ' : '○ '),
      ...say.bold(shown(target.name, nameCharsMax)),
      ...say.text(offlineWord(target)),
      ...say.text(` ${target.platform}`),
      ...say.text(labelWords(target.labels, detail.labelsChars)),
    ]);
  const told = [...targets].sort((a, b) => Number(a.online) - Number(b.online)).slice(0, detail.targets);
  const rest = targets.length - told.length;
  const offline = targets.filter((t) => !t.online).length;
  return [
    [
      ...say.bold(`${targets.length} machines`),
      ...say.text(offline > 0 ? `, ${offline} offline: ` : ', all online: '),
      ...told.flatMap((target, at) => [
        ...say.text(at === 0 ? '' : ', '),
        ...say.bold(shown(target.name, nameCharsMax)),
        ...say.text(offlineWord(target)),
      ]),
      ...say.text(rest > 0 ? ` and ${rest} more` : ''),
    ],
    say.text(commonWords(targets, detail.labelsChars)),
  ];
};

const offlineWord = ({ online }: CardTarget): string => (online ? '' : ' (offline)');

const labelWords = (labels: Record<string, string>, charsMax: number): string => {
  const words = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  return words.length === 0 ? '' : ` · ${shown(words.join(' '), charsMax)}`;
};

/** What holds for all of them: a label that shouldn't be among these shows that too many are meant. */
const commonWords = (targets: readonly CardTarget[], charsMax: number): string => {
  const [first] = targets;
  const labels = Object.entries(first?.labels ?? {}).filter(([key, value]) =>
    targets.every((t) => t.labels[key] === value),
  );
  const platforms = [...new Set(targets.map((t) => t.platform))].join(', ');
  return shown(`${platforms}${labelWords(Object.fromEntries(labels), charsMax)}`, charsMax + 40);
};
