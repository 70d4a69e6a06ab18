import type { App } from '@slack/bolt';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import { acknowledgeMs } from './limits.ts';

/** What Slack sent, by whichever way: the body of an event, a command or an interaction. */
export interface Delivery {
  body: Record<string, unknown>;
  retryNum?: number;
  retryReason?: string;
}

export type Delivered =
  /** `response` goes with the acknowledgement: the errors of a modal, the options of a menu; undefined for nothing. */
  { kind: 'handled'; response: unknown } | { kind: 'failed'; err: unknown };

/**
 * Hands a delivery to Bolt and resolves once every listener is through. Bolt acknowledges events before it calls
 * anybody; here an acknowledgement is only noted, so that it leaves after the commit (law 7). What failed is not
 * acknowledged: Slack sends it again.
 */
export const deliver = async (
  app: App,
  delivery: Delivery,
  { clock, log }: { clock: Clock; log: Log },
): Promise<Delivered> => {
  const began = clock.now();
  let response: unknown;
  const ack = async (given?: unknown): Promise<void> => {
    response ??= given;
  };
  try {
    await app.processEvent({ ...delivery, ack });
    const tookMs = clock.now() - began;
    if (tookMs > acknowledgeMs) log.warn({ surface: 'slack', tookMs }, 'acknowledged too late for Slack');
    return { kind: 'handled', response };
  } catch (err) {
    log.error({ err, surface: 'slack' }, 'a delivery failed; Slack brings it again');
    return { kind: 'failed', err };
  }
};
