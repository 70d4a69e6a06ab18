import fs from 'node:fs';
import os from 'node:os';
import type { WireHeartbeat } from '../../../proto/agent-stream.ts';
import { createDisks, spaceOf } from './disks.ts';

const cpuTimes = (): { busy: number; all: number } => {
  let busy = 0;
  let all = 0;
  for (const { times } of os.cpus()) {
    const sum = times.user + times.nice + times.sys + times.idle + times.irq;
    all += sum;
    busy += sum - times.idle;
  }
  return { busy, all };
};

/** Measures the machine. Each call's `cpuFraction` is over the time since the call before. */
export const createHeartbeat = (spoolDir: string): (() => WireHeartbeat) => {
  let last = cpuTimes();
  const disks = createDisks();
  disks();
  return () => {
    const now = cpuTimes();
    const all = now.all - last.all;
    const cpuFraction = all > 0 ? (now.busy - last.busy) / all : 0;
    last = now;
    const disk = diskOf(spoolDir);
    return {
      cpuFraction: Math.min(1, Math.max(0, cpuFraction)),
      memoryUsedBytes: os.totalmem() - availableMemory(),
      memoryTotalBytes: os.totalmem(),
      diskUsedBytes: disk.used,
      diskTotalBytes: disk.total,
      load1: os.loadavg()[0] ?? 0,
      uptimeSeconds: Math.floor(os.uptime()),
      disks: disks(),
    };
  };
};

/** Linux counts caches as used; what a program could have is `MemAvailable` (proc(5)). */
const availableMemory = (): number => {
  try {
    const match = /^MemAvailable:\s+(\d+) kB$/m.exec(fs.readFileSync('/proc/meminfo', 'utf8'));
    if (match?.[1]) return Number(match[1]) * 1024;
  } catch {
    // Not Linux.
  }
  return os.freemem();
};

const diskOf = (path: string): { used: number; total: number } => {
  try {
    const { usedBytes, totalBytes } = spaceOf(fs.statfsSync(path));
    return { used: usedBytes, total: totalBytes };
  } catch {
    return { used: 0, total: 0 };
  }
};
