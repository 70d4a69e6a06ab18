import type { AgentLoad, LoadHistory } from './agent.ts';
import { loadMinutesMax } from './limits.ts';
import type { Instant } from './task.ts';

const minuteMs = 60_000;

const percent = (part: number, whole: number): number =>
  whole > 0 ? Math.round(Math.min(1, Math.max(0, part / whole)) * 100) : 0;

/** The highest of a minute stands for it: a peak is what people look for. */
const higher = (before: number | null | undefined, now: number): number => Math.max(before ?? 0, now);

/** The history with one more heartbeat. A clock that went back adds to the newest minute, as nothing is rewritten. */
export const withBeat = (
  before: LoadHistory | null,
  load: Omit<AgentLoad, 'at' | 'history'>,
  at: Instant,
): LoadHistory => {
  const now = {
    cpu: percent(load.cpuFraction, 1),
    memory: percent(load.memoryUsedBytes, load.memoryTotalBytes),
    disk: percent(load.diskUsedBytes, load.diskTotalBytes),
  };
  const minute = Math.max(Math.floor(at / minuteMs), before?.minute ?? 0);
  const passed = before === null ? 0 : Math.min(minute - before.minute, loadMinutesMax);
  const column = (name: 'cpu' | 'memory' | 'disk'): (number | null)[] => {
    const known = before?.[name] ?? [];
    if (before !== null && passed === 0) return [...known.slice(0, -1), higher(known.at(-1), now[name])];
    const silent = Array.from({ length: Math.max(0, passed - 1) }, () => null);
    return [...known, ...silent, now[name]].slice(-loadMinutesMax);
  };
  return { minute, cpu: column('cpu'), memory: column('memory'), disk: column('disk') };
};
