import type { Alert, AlertSource } from '../core/alert.ts';

/** A channel of a chat surface. */
export interface AlertChannel {
  surface: string;
  channel: string;
}

/** How alerts came in. */
export interface AlertDelivery {
  /** The hook's id, or `sqs` for the queue and `watch` for our own checks: keys are unique within it. */
  via: string;
  source: AlertSource;
  /**
   * The delivery's own unique id, where the source gives one: the same twice acts once. Null where it gives none: such
   * a source may tell the same again, word by word, and means it.
   */
  id: string | null;
  /** The body as received, not yet redacted. */
  raw: string;
  /** Where its incidents go when no route says otherwise; null for the routes alone. */
  home: AlertChannel | null;
}

export type IntakeOutcome =
  | { kind: 'stored'; incidents: number[] }
  /** This delivery was stored before: nothing has changed. */
  | { kind: 'repeated' }
  /** Nothing was stored: too much at once. The source tries again. */
  | { kind: 'busy'; retryAfterMs: number };

/** Where an alert would go, for whoever tries a hook out. The texts are sentences for people. */
export interface AlertPreview {
  /** The machine that it is about, by our name; null where a person would be asked. */
  machine: string | null;
  /** Why that one, or why none. */
  machineWhy: string;
  channels: (AlertChannel & { why: string })[];
}

/**
 * Where alerts come in, from whatever source.
 *
 * - `receive` resolves after the commit (law 7): only then may a source be told that its delivery was taken.
 * - All alerts of one delivery and its raw body are stored together, or nothing of it is.
 * - The alerts of one delivery are taken in their order: one that tells a firing and then its end is both.
 * - It redacts all texts before it stores them (law 5).
 * - It rejects with StoreUnavailableError where the database can't be written.
 */
export interface AlertIntake {
  receive(alerts: readonly Alert[], delivery: AlertDelivery): Promise<IntakeOutcome>;
  /** What `receive` would do with this alert now. Nothing is stored. */
  preview(alert: Alert, delivery: Pick<AlertDelivery, 'via' | 'source' | 'home'>): Promise<AlertPreview>;
}
