import type { AlertSource } from './alert.ts';
import type { Actor, Instant } from './task.ts';

/** An address at which one source's alerts come in, and what is known of whoever sends there. */
export interface Hook {
  /** Short, and no secret: lists and incidents name the hook by it. */
  id: string;
  source: AlertSource;
  /** SHA-256 of the token in its address, hex. The token itself was shown once and is kept nowhere. */
  tokenDigest: string;
  /** What the source signs with, or sends in a header; null where the address alone is the proof. */
  secret: string | null;
  /** Where its incidents go when no route says otherwise; null for the routes alone. */
  home: { surface: string; channel: string } | null;
  /** Of a `generic` hook: which mapping in nerdyops.yml reads its payloads. */
  mapping: string | null;
  /** Of a CloudWatch hook: the SNS topic it belongs to; null until the first one has said its name. */
  topic: string | null;
  by: Actor;
  createdAt: Instant;
  /** Set once, when somebody removed it. */
  removedAt: Instant | null;
}

/** A message of a queue that could not be taken as an alert: kept with its reason, so that nothing is lost unseen. */
export interface ParkedMessage {
  id: string;
  via: string;
  at: Instant;
  /** A sentence for people. */
  reason: string;
  /** As it came, redacted and cut. */
  body: string;
}
