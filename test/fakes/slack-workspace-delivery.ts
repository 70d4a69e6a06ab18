import { createHmac, randomUUID } from 'node:crypto';
import type { Clock } from '../../src/ports/clock.ts';
import { acknowledgeSeconds, redeliverySeconds } from './slack-workspace-limits.ts';
import { appId, botUser, type Json, type SlackRecord, teamId } from './slack-workspace-record.ts';
import type { SlackSockets } from './slack-workspace-sockets.ts';

export type Acknowledgement =
  /** `payload`: what came with it, null for nothing. */
  { kind: 'acknowledged'; payload: Json | null } | { kind: 'failed'; reason: string };

export interface DeliveredEvent {
  body: Json;
  attempts: number;
  isAcknowledged: boolean;
}

interface DeliveryParts {
  record: SlackRecord;
  sockets: SlackSockets;
  clock: Clock;
  signingSecret: string;
  /** Where requests go in HTTP mode; null for Socket Mode. */
  requestUrl: () => string | null;
  /** How long one of Slack's seconds lasts, for what must be acknowledged and for what comes again. */
  deadlineSecondMs: number;
  retrySecondMs: number;
}

type Envelope = 'events_api' | 'interactive' | 'slash_commands';

/** Brings the app what happened: by its sockets, or signed to its address; events again until acknowledged. */
export class SlackDelivery {
  readonly events: DeliveredEvent[] = [];
  readonly #parts: DeliveryParts;
  readonly #stop = new Set<() => void>();
  #isStopped = false;

  constructor(parts: DeliveryParts) {
    this.#parts = parts;
  }

  /** An event, brought again as long as nobody acknowledges it. Resolves when it was acknowledged or given up. */
  async event(event: Json): Promise<void> {
    const body: Json = {
      ...{ token: 'unused', team_id: teamId, api_app_id: appId, event, type: 'event_callback' },
      ...{ event_id: this.#parts.record.makeId('Ev'), event_time: Math.floor(Date.now() / 1000) },
      authorizations: [{ team_id: teamId, user_id: botUser, is_bot: true, is_enterprise_install: false }],
      is_ext_shared_channel: false,
    };
    const delivered: DeliveredEvent = { body, attempts: 0, isAcknowledged: false };
    this.events.push(delivered);
    let reason = '';
    for (const wait of [null, ...redeliverySeconds]) {
      if (wait !== null) await this.#wait(wait * this.#parts.retrySecondMs);
      if (this.#isStopped) return;
      const ended = await this.#attempt(delivered, reason);
      if (ended.kind === 'acknowledged') return;
      reason = ended.reason;
    }
  }

  /** The same event once more, as after an acknowledgement that got lost. */
  async repeat(delivered: DeliveredEvent): Promise<Acknowledgement> {
    return this.#attempt(delivered, 'timeout');
  }

  /** A click, a submitted modal, a shortcut, a search; never brought again. */
  interaction(payload: Json): Promise<Acknowledgement> {
    return this.#bring('interactive', payload, {});
  }

  command(payload: Json): Promise<Acknowledgement> {
    return this.#bring('slash_commands', payload, {});
  }

  stop(): void {
    this.#isStopped = true;
    for (const stop of this.#stop) stop();
  }

  async #attempt(delivered: DeliveredEvent, reason: string): Promise<Acknowledgement> {
    const retry = delivered.attempts > 0 ? { retry_attempt: delivered.attempts, retry_reason: reason } : {};
    delivered.attempts++;
    const ended = await this.#bring('events_api', delivered.body, retry);
    if (ended.kind === 'acknowledged') delivered.isAcknowledged = true;
    this.#parts.record.changed();
    return ended;
  }

  #bring(type: Envelope, payload: Json, retry: Json): Promise<Acknowledgement> {
    const url = this.#parts.requestUrl();
    return url === null ? this.#bySocket(type, payload, retry) : this.#byHttp(url, type, payload, retry);
  }

  async #bySocket(type: Envelope, payload: Json, retry: Json): Promise<Acknowledgement> {
    const envelope = {
      ...{ type, payload, envelope_id: randomUUID(), ...retry },
      accepts_response_payload: type !== 'events_api',
    };
    let onAcknowledged: (ended: Acknowledgement) => void = () => {};
    const acknowledged = new Promise<Acknowledgement>((resolve) => {
      onAcknowledged = resolve;
    });
    const isSent = this.#parts.sockets.send(envelope, (answer) =>
      onAcknowledged({ kind: 'acknowledged', payload: answer }),
    );
    if (!isSent) return { kind: 'failed', reason: 'no_connection' };
    const tooLate = this.#wait(acknowledgeSeconds * this.#parts.deadlineSecondMs);
    return Promise.race([acknowledged, tooLate.then(() => ({ kind: 'failed', reason: 'timeout' }) as const)]);
  }

  async #byHttp(url: string, type: Envelope, payload: Json, retry: Json): Promise<Acknowledgement> {
    const body = bodyOf(type, payload);
    const time = String(Math.floor(Date.now() / 1000));
    const base = `v0:${time}:${body}`;
    const signature = createHmac('sha256', this.#parts.signingSecret).update(base).digest('hex');
    const asked = fetch(url, {
      method: 'POST',
      body,
      headers: {
        'content-type': type === 'events_api' ? 'application/json' : 'application/x-www-form-urlencoded',
        'x-slack-request-timestamp': time,
        'x-slack-signature': `v0=${signature}`,
        ...(retry.retry_attempt === undefined
          ? {}
          : {
              'x-slack-retry-num': String(retry.retry_attempt),
              'x-slack-retry-reason': String(retry.retry_reason),
            }),
      },
    }).then(
      async (response): Promise<Acknowledgement> => {
        const text = await response.text();
        if (response.status !== 200) return { kind: 'failed', reason: 'http_error' };
        return { kind: 'acknowledged', payload: saidIn(text) };
      },
      (): Acknowledgement => ({ kind: 'failed', reason: 'connection_failed' }),
    );
    const tooLate = this.#wait(acknowledgeSeconds * this.#parts.deadlineSecondMs);
    return Promise.race([asked, tooLate.then(() => ({ kind: 'failed', reason: 'http_timeout' }) as const)]);
  }

  #wait(delayMs: number): Promise<void> {
    let done = (): void => {};
    const waited = new Promise<void>((resolve) => {
      done = resolve;
    });
    const cancel = this.#parts.clock.after(delayMs, () => {
      this.#stop.delete(stop);
      done();
    });
    const stop = (): void => {
      cancel();
      done();
    };
    this.#stop.add(stop);
    return waited;
  }
}

const bodyOf = (type: Envelope, payload: Json): string => {
  if (type === 'events_api') return JSON.stringify(payload);
  if (type === 'interactive') return new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
  return new URLSearchParams(payload as Record<string, string>).toString();
};

/** A body of plain text is a message; an empty one a mere acknowledgement. */
const saidIn = (text: string): Json | null => {
  if (text === '') return null;
  return text.startsWith('{') ? (JSON.parse(text) as Json) : { text };
};
