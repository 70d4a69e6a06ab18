import type { Hook, ParkedMessage } from '../core/hook.ts';

/** What the store answers of hooks outside changes. */
export interface HookStore {
  /** Those that were not removed, oldest first. */
  listHooks(): Promise<Hook[]>;
  /** By the SHA-256 of its token, hex; null for none, or one that was removed. */
  hookByToken(tokenDigest: string): Promise<Hook | null>;
  /** Messages that could not be taken, newest first. */
  listParked(limit: number): Promise<ParkedMessage[]>;
}
