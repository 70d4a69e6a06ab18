import fs from 'node:fs';
import { join } from 'node:path';
import type { Disk } from './disk.ts';

/** How a running agent stands with its server, as it last wrote it. Times are milliseconds by this machine's clock. */
export interface AgentStatus {
  pid: number;
  agentVersion: string;
  state: 'connecting' | 'connected' | 'refused';
  /** Since when it is so. */
  since: number;
  /** Why it is not connected. */
  reason: string | null;
  lastWelcomeAt: number | null;
  /** Of the agent that the server would hand out; null before it was told. */
  offeredVersion: string | null;
}

const fileOf = (dir: string): string => join(dir, 'status.json');

/**
 * What `status` shows of a running agent, `<data>/status.json`: written when the state changes, not at each try, in one
 * step, and never synced, since a dead agent has no status.
 */
export class StatusFile {
  readonly #dir: string;
  readonly #disk: Disk;
  #status: AgentStatus;
  /** What an earlier agent wrote is no status of this one. */
  #isWritten = false;

  constructor(dir: string, disk: Disk, agentVersion: string, now: number) {
    this.#dir = dir;
    this.#disk = disk;
    this.#status = {
      pid: process.pid,
      agentVersion,
      state: 'connecting',
      since: now,
      reason: null,
      lastWelcomeAt: null,
      offeredVersion: null,
    };
  }

  /** @param now this machine's clock, for people. */
  note(change: Partial<AgentStatus>, now: number): void {
    const before = this.#status;
    const isNews = change.state !== undefined && change.state !== before.state;
    this.#status = { ...before, ...change, ...(isNews ? { since: now } : {}) };
    // Each try gives its reason; one that says nothing new would only wear the disk.
    if (this.#isWritten && this.#status.state === 'connecting' && !isNews) return;
    const file = fileOf(this.#dir);
    try {
      this.#disk.write(`${file}.tmp`, JSON.stringify(this.#status));
      this.#disk.rename(`${file}.tmp`, file);
      this.#isWritten = true;
    } catch {
      // A full disk costs the status and nothing else; runs have their own words for it.
    }
  }
}

/** Null when no agent has written one that can be read. */
export const readStatus = (dir: string): AgentStatus | null => {
  try {
    return JSON.parse(fs.readFileSync(fileOf(dir), 'utf8')) as AgentStatus | null;
  } catch {
    return null;
  }
};
