import type { Alert } from '../core/alert.ts';
import type { Hook } from '../core/hook.ts';
import type { Sentence } from '../core/sentences.ts';

/** What came in at a hook: its body unpacked, its headers with names in small letters. */
export interface HookDelivery {
  body: Buffer;
  headers: Readonly<Record<string, string | string[] | undefined>>;
}

export type HookReading =
  /** `id`: the delivery's own. `topic`: what a hook that has none yet is to be tied to, in the same commit or before. */
  | { kind: 'alerts'; alerts: Alert[]; id: string | null; raw: string; topic: string | null }
  /** `why` continues "Nothing was kept: ". `finish`: what is still to be done before a 2xx, once the topic is kept. */
  | { kind: 'nothing'; why: string; topic: string | null; finish: (() => Promise<Sentence | null>) | null }
  /** Its form can't be read at all. */
  | { kind: 'unreadable'; sentence: Sentence }
  /** Readable, and no payload of this source. */
  | { kind: 'foreign'; sentence: Sentence }
  /** Whoever sent it couldn't prove who they are. */
  | { kind: 'unproven'; sentence: Sentence }
  /** Who sent it can't be checked now: the source may try again. */
  | { kind: 'later'; sentence: Sentence };

/**
 * Reads what comes in at hooks: who sent it, and which alerts it tells. It stores nothing. What a sender can cause is an
 * outcome; the time it takes is bounded, whatever is sent.
 */
export interface HookReader {
  read(hook: Hook, delivery: HookDelivery): Promise<HookReading>;
  /** The same without asking for proof: for whoever tries a payload out. */
  tryOut(hook: Pick<Hook, 'source' | 'mapping'>, body: Buffer): Promise<HookReading>;
}
