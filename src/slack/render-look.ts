import type { Card, CardTone } from '../core/card.ts';
import { TaskState } from '../core/task.ts';

const looks: Readonly<Record<TaskState, string>> = {
  drafting: 'mag',
  asking: 'question',
  proposed: 'memo',
  running: 'hourglass_flowing_sand',
  paused: 'double_vertical_bar',
  cancelling: 'octagonal_sign',
  answering: 'eyes',
  done: 'white_check_mark',
  cancelled: 'no_entry_sign',
  rejected: 'thumbsdown',
  expired: 'alarm_clock',
  refused: 'lock',
  failed: 'grey_question',
};

/** Each state's own sign: a channel is read by its left edge. */
export const stateEmoji = ({ state, tone }: Pick<Card, 'state' | 'tone'>): string =>
  state === TaskState.done && tone === 'bad' ? 'warning' : looks[state];

/** For lists, where only the tone is known, and where the sign stands in plain text. */
export const toneSign: Readonly<Record<CardTone, string>> = {
  waiting: '📝',
  working: '⏳',
  good: '✅',
  bad: '⚠️',
  quiet: '▫️',
};
