import type { Hook } from '../core/hook.ts';
import { type Sentence, sentence } from '../core/sentences.ts';
import type { Instant } from '../core/task.ts';
import type { HookDelivery, HookReader, HookReading } from '../ports/hook-reader.ts';
import type { Fetcher } from './fetcher.ts';
import { generic } from './generic.ts';
import type { Mappings } from './mapping-shape.ts';
import { type KnownSource, parsers } from './parsers.ts';
import { proofProblem } from './proof.ts';
import { readJson } from './read-json.ts';
import { confirmSns, isSns, proveSns, type SnsMessage, snsMessageOf } from './sns.ts';
import type { SnsCertificates } from './sns-certificates.ts';
import type { Told } from './told.ts';

type Sourced = Pick<Hook, 'source' | 'mapping'>;

/** What comes in at hooks, read by its source's parser once whoever sent it has shown who they are. */
export class PayloadReader implements HookReader {
  readonly #mappings: Mappings;
  readonly #certificates: SnsCertificates;
  readonly #fetcher: Fetcher;
  readonly #now: () => Instant;

  constructor(parts: {
    mappings: Mappings;
    certificates: SnsCertificates;
    fetcher: Fetcher;
    now: () => Instant;
  }) {
    this.#mappings = parts.mappings;
    this.#certificates = parts.certificates;
    this.#fetcher = parts.fetcher;
    this.#now = parts.now;
  }

  async read(hook: Hook, delivery: HookDelivery): Promise<HookReading> {
    // Before the body is looked at: a signature is over its bytes.
    const problem = hook.secret === null ? null : this.#secretProblem(hook, hook.secret, delivery);
    if (problem !== null) return unproven(hook, problem);
    const read = readJson(delivery.body);
    if (read.kind === 'unreadable') return read;
    if (hook.source === 'cloudwatch' && isSns(read.value)) return this.#readSns(hook, read.value, read.text);
    const topic = delivery.headers['x-amz-sns-topic-arn'];
    if (hook.topic !== null && typeof topic === 'string' && topic !== hook.topic)
      return unproven(hook, `it is of another topic than this hook's, ${hook.topic}.`);
    const id = idIn(hook, delivery);
    return readingOf(hook, await this.#tell(hook, read.value), read.text, id);
  }

  async tryOut(hook: Sourced, body: Buffer): Promise<HookReading> {
    const read = readJson(body);
    if (read.kind === 'unreadable') return read;
    if (hook.source !== 'cloudwatch' || !isSns(read.value))
      return readingOf(hook, await this.#tell(hook, read.value), read.text, null);
    const message = snsMessageOf(read.value);
    if (typeof message === 'string') return foreign(hook, message);
    return message.Type === 'Notification'
      ? this.#readMessage(hook, message, read.text)
      : nothing(`it is a ${message.Type}.`);
  }

  /** SNS can send no header of ours; its own signature is the proof. */
  #secretProblem(hook: Hook, secret: string, delivery: HookDelivery): string | null {
    return proofProblem(hook.source, secret, delivery, this.#now());
  }

  async #readSns(hook: Hook, body: unknown, raw: string): Promise<HookReading> {
    const message = snsMessageOf(body);
    if (typeof message === 'string') return foreign(hook, message);
    const proof = await proveSns(message, hook.topic, this.#certificates, this.#now());
    if (proof.kind === 'unproven') return unproven(hook, proof.problem);
    if (proof.kind === 'later')
      return { kind: 'later', sentence: sentence('hook_unchecked', { problem: proof.problem }) };
    if (message.Type === 'Notification') {
      const reading = await this.#readMessage(hook, message, raw);
      return reading.kind === 'alerts' || reading.kind === 'nothing'
        ? { ...reading, topic: message.TopicArn }
        : reading;
    }
    if (message.Type === 'UnsubscribeConfirmation')
      return { ...nothing('the topic says that this address was unsubscribed.'), topic: message.TopicArn };
    const finish = async (): Promise<Sentence | null> => {
      const problem = await confirmSns(message, this.#fetcher);
      return problem === null ? null : sentence('hook_unchecked', { problem });
    };
    return { kind: 'nothing', why: 'the subscription is confirmed.', topic: message.TopicArn, finish };
  }

  async #readMessage(hook: Sourced, message: SnsMessage, raw: string): Promise<HookReading> {
    const inner = readJson(Buffer.from(message.Message));
    if (inner.kind === 'unreadable')
      return foreign(hook, 'what its topic carries is no alarm of CloudWatch but another text.');
    return readingOf(hook, await this.#tell(hook, inner.value), raw, message.MessageId);
  }

  async #tell({ source, mapping }: Sourced, value: unknown): Promise<Told> {
    if (source !== 'generic') return parsers[source as KnownSource](value, this.#now());
    const by = mapping === null ? undefined : this.#mappings[mapping];
    return by
      ? generic(by, value)
      : { kind: 'foreign', problem: `nerdyops.yml has no mapping "${mapping}" any more.` };
  }
}

const readingOf = (hook: Sourced, told: Told, raw: string, id: string | null): HookReading => {
  if (told.kind === 'foreign') return foreign(hook, told.problem);
  if (told.kind === 'nothing') return nothing(told.why);
  return { kind: 'alerts', alerts: told.alerts, id: id ?? told.id, raw, topic: null };
};

/** Delivery ids that stand in headers; https://docs.sentry.io/organization/integrations/integration-platform/webhooks/ */
const idIn = ({ source }: Hook, { headers }: HookDelivery): string | null => {
  const name = { sentry: 'request-id', cloudwatch: 'x-amz-sns-message-id' }[source as string];
  const value = name === undefined ? undefined : headers[name];
  return typeof value === 'string' && value !== '' && value.length <= 200 ? value : null;
};

const nothing = (why: string): HookReading & { kind: 'nothing' } => ({
  kind: 'nothing',
  why,
  topic: null,
  finish: null,
});

const foreign = ({ source }: Sourced, problem: string): HookReading => ({
  kind: 'foreign',
  sentence: sentence('hook_foreign', { source, problem }),
});

const unproven = ({ source }: Sourced, problem: string): HookReading => ({
  kind: 'unproven',
  sentence: sentence('hook_unproven', { source, problem }),
});
