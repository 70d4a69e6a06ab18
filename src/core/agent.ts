import type { AgentIdentity } from './enrolment.ts';
import type { Interpreter } from './script.ts';
import type { Instant, Platform } from './task.ts';

/** What a machine says of itself at hello. Data: shown and matched to nothing but the platform. */
export interface MachineFacts {
  platform: Platform;
  arch: string;
  hostname: string;
  osVersion: string;
  kernel: string;
  privateIps: string[];
  shells: { interpreter: Interpreter; version: string; path: string }[];
  cpus: number;
  memoryBytes: number;
  agentVersion: string;
  /** The machine's own policy as its agent told it; null where it told nothing. */
  policy?: LocalPolicy | null;
  /** What the cloud that it runs in calls it; null where the machine doesn't tell. */
  cloud?: { provider: string; instanceId: string; instanceType: string; zone: string } | null;
}

/** A file on the machine that only its agent reads. `isBinding` is false while scripts could change it. */
export interface LocalPolicy {
  state: 'none' | 'approved' | 'read-only' | 'broken';
  isBinding: boolean;
  /** The user that scripts run as; null while nothing runs, and from an agent that doesn't tell. */
  user?: string | null;
}

/**
 * A machine's last hour, minute by minute: whole percents, oldest first, null for a minute in which nothing was heard.
 * It lives in the row that every heartbeat rewrites, so it is short, and needs no table and no sweep.
 */
export interface LoadHistory {
  /** The minute of the last column, in minutes since the Unix epoch. */
  minute: number;
  cpu: (number | null)[];
  memory: (number | null)[];
  disk: (number | null)[];
}

/** The latest heartbeat. Fractions are 0 to 1. */
export interface AgentLoad {
  at: Instant;
  cpuFraction: number;
  memoryUsedBytes: number;
  memoryTotalBytes: number;
  diskUsedBytes: number;
  diskTotalBytes: number;
  load1: number;
  uptimeSeconds: number;
  /** Local disks by where they are mounted. */
  disks?: { mount: string; usedBytes: number; totalBytes: number }[];
  history?: LoadHistory;
}

/** The program on a machine. Name and labels come only from enrolment or an admin (DESIGN §7). */
export interface Agent {
  id: string;
  name: string;
  labels: Record<string, string>;
  facts: MachineFacts;
  spoolId: string;
  bootId: string;
  online: boolean;
  lastSeenAt: Instant;
  load: AgentLoad | null;
  createdAt: Instant;
  /** Null for one that joined by the local socket. */
  identity: AgentIdentity | null;
}
