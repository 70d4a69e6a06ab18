import { verify } from 'node:crypto';
import { z } from 'zod';
import type { Instant } from '../core/task.ts';
import type { Fetcher } from './fetcher.ts';
import { confirmationBytesMax, fetchMsMax, snsAgeMsMax, snsAheadMsMax } from './limits.ts';
import { type SnsCertificates, snsHost } from './sns-certificates.ts';

const envelope = z.looseObject({
  Type: z.enum(['Notification', 'SubscriptionConfirmation', 'UnsubscribeConfirmation']),
  MessageId: z.string().min(1).max(200),
  TopicArn: z.string().regex(/^arn:[a-z-]+:sns:[a-z0-9-]+:\d+:[A-Za-z0-9_.-]{1,256}$/),
  Message: z.string(),
  Timestamp: z.string(),
  Subject: z.string().nullish(),
  Token: z.string().nullish(),
  SubscribeURL: z.string().nullish(),
  SignatureVersion: z.string().default('1'),
  Signature: z.string(),
  SigningCertURL: z.string().optional(),
  SigningCertUrl: z.string().optional(),
});

/** A message of SNS in its envelope; https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html */
export type SnsMessage = z.infer<typeof envelope>;

/** True for what is, or says it is, an envelope of SNS. */
export const isSns = (body: unknown): boolean =>
  typeof body === 'object' && body !== null && 'Type' in body && 'TopicArn' in body;

/** The envelope, or what is wrong with it: the end of a sentence. */
export const snsMessageOf = (body: unknown): SnsMessage | string => {
  const parsed = envelope.safeParse(body);
  if (parsed.success) return parsed.data;
  const place = parsed.error.issues[0]?.path.join('.') ?? '';
  return `its SNS envelope has no usable "${place}".`;
};

export type SnsProof =
  | { kind: 'proven' }
  | { kind: 'unproven'; problem: string }
  | { kind: 'later'; problem: string };

/**
 * Whether SNS itself sent this, for this topic, and lately.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
 *
 * @param topic the one that the hook is tied to; null for none yet.
 */
export const proveSns = async (
  message: SnsMessage,
  topic: string | null,
  certificates: SnsCertificates,
  now: Instant,
): Promise<SnsProof> => {
  const unproven = (problem: string): SnsProof => ({ kind: 'unproven', problem });
  if (topic !== null && topic !== message.TopicArn)
    return unproven(`it is of the topic ${message.TopicArn}, and this hook belongs to ${topic}.`);
  const at = Date.parse(message.Timestamp);
  if (!(now - at <= snsAgeMsMax))
    return unproven('its timestamp is too old, so somebody may be sending it again.');
  if (at - now > snsAheadMsMax) return unproven('its timestamp lies in the future.');
  const algorithm = { '1': 'RSA-SHA1', '2': 'RSA-SHA256' }[message.SignatureVersion];
  if (algorithm === undefined)
    return unproven(`nobody here knows its signature version ${message.SignatureVersion.slice(0, 20)}.`);
  const found = await certificates.keyAt(message.SigningCertURL ?? message.SigningCertUrl ?? '');
  if (found.kind === 'bad') return unproven(`${found.problem}.`);
  if (found.kind === 'unknown') return { kind: 'later', problem: `${found.problem}.` };
  if (found.key.asymmetricKeyType !== 'rsa')
    return unproven('its certificate has no RSA key, by which SNS signs.');
  const signature = Buffer.from(message.Signature, 'base64');
  return verify(algorithm, Buffer.from(signedTextOf(message)), found.key, signature)
    ? { kind: 'proven' }
    : unproven('its signature does not fit what it says.');
};

/** What SNS signs: these fields in this order, each with its name, those that are missing left out. */
const signedTextOf = (message: SnsMessage): string => {
  const names =
    message.Type === 'Notification'
      ? (['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'] as const)
      : (['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'] as const);
  return names
    .filter((name) => message[name] !== undefined && message[name] !== null)
    .map((name) => `${name}\n${message[name]}\n`)
    .join('');
};

/** Answers a confirmation by visiting where SNS says. @returns what went wrong: the end of a sentence; null for nothing. */
export const confirmSns = async (message: SnsMessage, fetcher: Fetcher): Promise<string | null> => {
  const url = message.SubscribeURL ?? '';
  if (!isConfirmation(url, message.TopicArn)) return "its SubscribeURL is none of SNS's for that topic.";
  try {
    await fetcher(url, { bytesMax: confirmationBytesMax, msMax: fetchMsMax });
    return null;
  } catch (error) {
    return `SNS could not be told that the subscription is meant (${(error as Error).message}).`;
  }
};

const isConfirmation = (url: string, topic: string): boolean => {
  if (!URL.canParse(url)) return false;
  const { protocol, host, searchParams, username } = new URL(url);
  const isMeant =
    searchParams.get('Action') === 'ConfirmSubscription' && searchParams.get('TopicArn') === topic;
  return protocol === 'https:' && snsHost.test(host) && username === '' && isMeant;
};
