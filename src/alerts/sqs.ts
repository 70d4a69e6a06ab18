import { createHash } from 'node:crypto';
import type { Message, SQSClientConfig } from '@aws-sdk/client-sqs';
import type { Consumer } from 'sqs-consumer';
import { sentence } from '../core/sentences.ts';
import type { Instant } from '../core/task.ts';
import type { AlertIntake } from '../ports/alert-intake.ts';
import type { HookReader } from '../ports/hook-reader.ts';
import type { Log } from '../ports/log.ts';
import type { Service } from '../ports/service.ts';
import type { Store } from '../ports/store.ts';
import {
  parkedCharsMax,
  sqsBatchMax,
  sqsFaultWaitMs,
  sqsVisibilitySeconds,
  sqsWaitSeconds,
} from './limits.ts';

export interface SqsParts {
  queueUrl: string;
  region: string | null;
  endpoint: string | null;
  home: { surface: string; channel: string } | null;
  reader: HookReader;
  intake: AlertIntake;
  store: Store;
  /** Takes secrets out of a text; never throws. */
  redact: (text: string) => string;
  now: () => Instant;
  log: Log;
  /** Where the AWS SDK's own ways of finding them are not wanted. */
  credentials?: { accessKeyId: string; secretAccessKey: string };
}

/** What incidents and parked messages name the queue by. */
const via = 'sqs';

/**
 * Polls the queue to which a topic of CloudWatch's alarms is subscribed. A message is deleted once its alerts are stored, or
 * once it is put aside with the reason why it can't be read; where neither works, the queue gives it again after a while.
 * The queue's own policy says who may send to it, so SNS's signature is not asked for here.
 *
 * Modes: not started; polling; stopped, once what was under way is done. The AWS SDK is loaded at the start: it takes long, and
 * most servers have no queue.
 */
export class SqsPoller implements Service {
  readonly name = 'sqs';
  readonly #parts: SqsParts;
  #consumer: Consumer | null = null;

  constructor(parts: SqsParts) {
    this.#parts = parts;
  }

  async start(): Promise<void> {
    const { queueUrl, region, endpoint, credentials, log } = this.#parts;
    const [{ SQSClient }, { Consumer }] = await Promise.all([
      import('@aws-sdk/client-sqs'),
      import('sqs-consumer'),
    ]);
    const config: SQSClientConfig = {
      ...(region === null ? {} : { region }),
      // The SDK would go to the queue's own address even where another is named.
      ...(endpoint === null ? {} : { endpoint, useQueueUrlAsEndpoint: false }),
      ...(credentials ? { credentials } : {}),
    };
    const consumer = Consumer.create({
      queueUrl,
      sqs: new SQSClient(config),
      batchSize: sqsBatchMax,
      waitTimeSeconds: sqsWaitSeconds,
      visibilityTimeout: sqsVisibilitySeconds,
      authenticationErrorTimeout: sqsFaultWaitMs,
      strictReturn: true,
      suppressFifoWarning: true,
      handleMessage: (message) => this.take(message),
    });
    consumer.on('error', (err) => log.error({ err }, 'the queue of alarms could not be read or cleared'));
    consumer.on('processing_error', (err) =>
      log.error({ err }, 'an alarm from the queue could not be stored; the queue gives it again'),
    );
    consumer.start();
    this.#consumer = consumer;
  }

  async stop(): Promise<void> {
    const consumer = this.#consumer;
    if (!consumer) return;
    this.#consumer = null;
    const stopped = new Promise<void>((resolve) => consumer.once('stopped', () => resolve()));
    // A poll that waits for messages has none in hand.
    consumer.stop({ abort: true });
    await stopped;
  }

  /** @returns the message where it may be deleted: its alerts are stored, or it is put aside. Rejects where neither could be. */
  async take(message: Message): Promise<Message | undefined> {
    const { reader, intake, home } = this.#parts;
    const body = message.Body ?? '';
    const told = await reader.tryOut({ source: 'cloudwatch', mapping: null }, Buffer.from(body));
    if (told.kind === 'nothing') return message;
    if (told.kind !== 'alerts') {
      await this.#park(message, body, told.sentence.text);
      return message;
    }
    const id = told.id ?? message.MessageId ?? null;
    const kept = await intake.receive(told.alerts, { via, source: 'cloudwatch', id, raw: body, home });
    return kept.kind === 'busy' ? undefined : message;
  }

  async #park(message: Message, body: string, problem: string): Promise<void> {
    const { store, redact, now, log } = this.#parts;
    const id = message.MessageId ?? createHash('sha256').update(body).digest('hex').slice(0, 32);
    const reason = sentence('parked_unread', { problem }).text;
    const kept = redact(body).slice(0, parkedCharsMax);
    const parked = { id, via, at: now(), reason, body: kept };
    await store.change({}, () => ({ result: null, writes: { parked } }));
    log.warn({ message: id, reason }, 'a message of the queue was put aside; `nerdy hooks parked` shows it');
  }
}
