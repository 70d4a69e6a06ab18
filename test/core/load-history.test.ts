import { describe, expect, it } from 'vitest';
import type { LoadHistory } from '../../src/core/agent.ts';
import { withBeat } from '../../src/core/load-history.ts';

const minute = 60_000;
const beat = (cpuFraction: number) => ({
  cpuFraction,
  memoryUsedBytes: 1,
  memoryTotalBytes: 4,
  diskUsedBytes: 0,
  diskTotalBytes: 0,
  load1: 0,
  uptimeSeconds: 0,
});
const heard = (...beats: [at: number, cpu: number][]): LoadHistory | null =>
  beats.reduce<LoadHistory | null>((history, [at, cpu]) => withBeat(history, beat(cpu), at), null);

describe("a machine's last hour", () => {
  it('begins with the first heartbeat', () => {
    expect(heard([5 * minute, 0.255])).toEqual({ minute: 5, cpu: [26], memory: [25], disk: [0] });
  });

  it('keeps the highest of each minute', () => {
    expect(heard([0, 0.1], [10_000, 0.9], [20_000, 0.3], [minute, 0.2])?.cpu).toEqual([90, 20]);
  });

  it('shows a silence as minutes without a value', () => {
    expect(heard([0, 0.1], [3 * minute, 0.2])?.cpu).toEqual([10, null, null, 20]);
  });

  it('is no longer than an hour, however long the silence was', () => {
    const history = heard([0, 0.1], [1_000_000 * minute, 0.2]);
    expect(history?.cpu).toHaveLength(60);
    expect(history?.cpu.at(-1)).toBe(20);
    expect(history?.cpu.slice(0, -1).every((v) => v === null)).toBe(true);
  });

  it('forgets the oldest minute', () => {
    const beats = Array.from({ length: 61 }, (_, i): [number, number] => [i * minute, i / 100]);
    expect(heard(...beats)?.cpu).toEqual(Array.from({ length: 60 }, (_, i) => i + 1));
  });

  it('takes a clock that went back for the same minute', () => {
    expect(heard([10 * minute, 0.5], [2 * minute, 0.7])).toMatchObject({ minute: 10, cpu: [70] });
  });
});
