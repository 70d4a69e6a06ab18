import 'reflect-metadata';
import { generateKeyPairSync, type KeyObject, sign, webcrypto, X509Certificate } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PayloadReader } from '../../src/alerts/hook-reader.ts';
import { SnsCertificates } from '../../src/alerts/sns-certificates.ts';
import type { Hook } from '../../src/core/hook.ts';
import type { HookReading } from '../../src/ports/hook-reader.ts';

const now = Date.parse('2026-11-21T12:00:00Z');
const topic = 'arn:aws:sns:eu-west-1:123456789012:alarms';
const certificateUrl = 'https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem';
const issuerUrl = 'http://crt.r2m01.amazontrust.com/r2m01.cer';
const algorithm = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  publicExponent: new Uint8Array([1, 0, 1]),
  modulusLength: 2048,
};
const day = 24 * 3_600_000;

interface Issued {
  keys: CryptoKeyPair;
  certificate: x509.X509Certificate;
}

/** A certificate of the test's own making. @param by its issuer; null signs itself. */
const issue = async (
  name: string,
  by: Issued | null,
  over: { ca?: boolean; from?: number; to?: number; issuerAt?: string } = {},
): Promise<Issued> => {
  const keys = (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as CryptoKeyPair;
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: Math.abs(name.length * 7919)
      .toString(16)
      .padStart(4, '0'),
    subject: `CN=${name}`,
    issuer: by?.certificate.subject ?? `CN=${name}`,
    notBefore: new Date(over.from ?? now - day),
    notAfter: new Date(over.to ?? now + 30 * day),
    publicKey: keys.publicKey,
    signingKey: (by?.keys ?? keys).privateKey,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(over.ca ?? false, undefined, true),
      ...(over.issuerAt ? [new x509.AuthorityInfoAccessExtension({ caIssuers: over.issuerAt })] : []),
    ],
  });
  return { keys, certificate };
};

const privateKeyOf = async ({ keys }: Issued): Promise<KeyObject> => {
  const { KeyObject: Key } = await import('node:crypto');
  return Key.from(keys.privateKey as never);
};

let root: Issued;
let authority: Issued;
let leaf: Issued;
let pages: Map<string, Buffer>;
let visited: string[];
let reader: PayloadReader;

beforeAll(async () => {
  x509.cryptoProvider.set(webcrypto as never);
  root = await issue('A root', null, { ca: true });
  authority = await issue('An authority', root, { ca: true });
  leaf = await issue('sns.amazonaws.com', authority, { issuerAt: issuerUrl });
});

beforeEach(() => {
  visited = [];
  pages = new Map([
    [certificateUrl, Buffer.from(leaf.certificate.toString('pem'))],
    [issuerUrl, Buffer.from(authority.certificate.rawData)],
  ]);
  reader = readerOf([root]);
});

const readerOf = (roots: Issued[]): PayloadReader => {
  const fetcher = async (url: string): Promise<Buffer> => {
    visited.push(url);
    const page = pages.get(url.split('?')[0] ?? url) ?? pages.get(url);
    if (!page) throw new Error('it answered 404');
    return page;
  };
  const trusted = roots.map(({ certificate }) => new X509Certificate(certificate.toString('pem')));
  const certificates = new SnsCertificates({ fetcher, now: () => now, roots: trusted });
  return new PayloadReader({ mappings: {}, certificates, fetcher, now: () => now });
};

const hook: Hook = {
  id: 'h1',
  source: 'cloudwatch',
  tokenDigest: '',
  secret: null,
  home: null,
  mapping: null,
  topic: null,
  by: { kind: 'token', surface: 'token', id: 'local', name: 'ada' },
  createdAt: 0,
  removedAt: null,
};
const alarm = {
  AlarmName: 'cpu',
  NewStateValue: 'ALARM',
  AlarmArn: 'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:cpu',
  StateChangeTime: '2026-11-21T11:59:00.000+0000',
};

type Fields = Record<string, string>;
const notification: Fields = {
  Type: 'Notification',
  MessageId: 'm1',
  TopicArn: topic,
  Subject: 'ALARM: "cpu"',
  Message: JSON.stringify(alarm),
  Timestamp: '2026-11-21T11:59:30.000Z',
};
const confirmation: Fields = {
  Type: 'SubscriptionConfirmation',
  MessageId: 'm2',
  Token: 'tok',
  TopicArn: topic,
  Message: 'You have chosen to subscribe',
  SubscribeURL: `https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=${topic}&Token=tok`,
  Timestamp: '2026-11-21T11:59:30.000Z',
};
const signedNames = {
  Notification: ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'],
  SubscriptionConfirmation: [
    'Message',
    'MessageId',
    'SubscribeURL',
    'Timestamp',
    'Token',
    'TopicArn',
    'Type',
  ],
};

const signed = async (
  fields: Fields,
  { version = '2', by = leaf, url = certificateUrl }: { version?: string; by?: Issued; url?: string } = {},
): Promise<Fields> => {
  const names = signedNames[fields.Type as keyof typeof signedNames];
  const text = names
    .flatMap((name) => (fields[name] === undefined ? [] : [`${name}\n${fields[name]}\n`]))
    .join('');
  const hash = version === '1' ? 'RSA-SHA1' : 'RSA-SHA256';
  const signature = sign(hash, Buffer.from(text), await privateKeyOf(by)).toString('base64');
  return { ...fields, SignatureVersion: version, Signature: signature, SigningCertURL: url };
};
const read = (message: unknown, over: Partial<Hook> = {}): Promise<HookReading> =>
  reader.read({ ...hook, ...over }, { body: Buffer.from(JSON.stringify(message)), headers: {} });
const problemOf = async (reading: Promise<HookReading>): Promise<string> => {
  const told = await reading;
  expect(told.kind).toBe('unproven');
  return told.kind === 'unproven' ? told.sentence.text : '';
};

describe('a message of SNS', () => {
  it.each(['1', '2'])(
    'is taken with a signature of version %s, and ties the hook to its topic',
    async (version) => {
      const told = await read(await signed(notification, { version }));
      expect(told).toMatchObject({
        kind: 'alerts',
        id: 'm1',
        topic,
        alerts: [{ title: 'cpu', status: 'firing' }],
      });
    },
  );

  it('is signed with or without a subject', async () => {
    const { Subject: _, ...without } = notification;
    expect((await read(await signed(without))).kind).toBe('alerts');
  });

  it('is refused when anything that was signed has changed', async () => {
    const good = await signed(notification);
    const changes = {
      Message: good.Message?.replace('cpu', 'gpu'),
      MessageId: 'm3',
      Subject: 'OK: "cpu"',
      Timestamp: '2026-11-21T11:58:30.000Z',
    };
    for (const [name, other] of Object.entries(changes))
      expect(await problemOf(read({ ...good, [name]: other }))).toContain('signature');
    expect(await problemOf(read({ ...good, Subject: undefined }))).toContain('signature');
  });

  it('is refused when it is of another topic than the hook', async () => {
    const told = problemOf(read(await signed(notification), { topic: `${topic}-other` }));
    expect(await told).toContain('this hook belongs to');
  });

  it('is refused when it is sent again later, or comes from the future', async () => {
    const old = await signed({ ...notification, Timestamp: '2026-11-21T08:00:00.000Z' });
    expect(await problemOf(read(old))).toContain('too old');
    const ahead = await signed({ ...notification, Timestamp: '2026-11-21T13:00:00.000Z' });
    expect(await problemOf(read(ahead))).toContain('future');
    expect(await problemOf(read(await signed({ ...notification, Timestamp: 'soon' })))).toContain('too old');
  });

  it('is asked for no certificate anywhere but at SNS', async () => {
    const evil = [
      'https://sns.eu-west-1.amazonaws.com.evil.example/SimpleNotificationService-0123.pem',
      'https://evil.example/SimpleNotificationService-0123.pem',
      'http://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123.pem',
      'https://sns.eu-west-1.amazonaws.com:444/SimpleNotificationService-0123.pem',
      'https://sns.eu-west-1.amazonaws.com@evil.example/SimpleNotificationService-0123.pem',
      'https://sns.eu-west-1.amazonaws.com/other/SimpleNotificationService-0123.pem',
      'https://mybucket.s3.eu-west-1.amazonaws.com/SimpleNotificationService-0123.pem',
      'file:///etc/passwd',
      '',
    ];
    for (const url of evil)
      expect(await problemOf(read(await signed(notification, { url })))).toContain('SigningCertURL');
    expect(visited).toEqual([]);
  });

  it('is refused where the certificate leads to no root that is trusted', async () => {
    reader = readerOf([await issue('Another root', null, { ca: true })]);
    expect(await problemOf(read(await signed(notification)))).toContain('no authority that is trusted');
  });

  it('is refused where the certificate is of somebody else, over, or an authority itself', async () => {
    const cases = [
      await issue('evil.example', authority, { issuerAt: issuerUrl }),
      await issue('sns.amazonaws.com', authority, {
        issuerAt: issuerUrl,
        from: now - 9 * day,
        to: now - day,
      }),
      await issue('sns.amazonaws.com', null),
      await issue('sns.amazonaws.com', authority, { issuerAt: issuerUrl, ca: true }),
      // Issued by a certificate that is none of an authority.
      await issue('sns.amazonaws.com', leaf, { issuerAt: issuerUrl }),
    ];
    for (const by of cases) {
      pages.set(certificateUrl, Buffer.from(by.certificate.toString('pem')));
      reader = readerOf([root]);
      expect((await read(await signed(notification, { by }))).kind).toBe('unproven');
    }
  });

  it('is looked at again later where the certificate can not be fetched', async () => {
    pages.delete(certificateUrl);
    expect(await read(await signed(notification))).toMatchObject({ kind: 'later' });
    pages.set(certificateUrl, Buffer.from(leaf.certificate.toString('pem')));
    expect((await read(await signed(notification))).kind).toBe('alerts');
  });

  it('needs its certificate fetched once, however many come', async () => {
    const message = await signed(notification);
    await Promise.all(Array.from({ length: 20 }, () => read(message)));
    await read(message);
    expect(visited).toEqual([certificateUrl, issuerUrl]);
  });

  it('makes us fetch no more certificates than a few, whatever addresses it names', async () => {
    for (let i = 0; i < 30; i++)
      await read(await signed(notification, { url: certificateUrl.replace('0123', `${i}a`) }));
    expect(visited.length).toBeLessThanOrEqual(20);
  });

  it('whose chain stands beside it in the file needs nothing more', async () => {
    const pem = [leaf, authority].map(({ certificate }) => certificate.toString('pem')).join('\n');
    pages = new Map([[certificateUrl, Buffer.from(pem)]]);
    expect((await read(await signed(notification))).kind).toBe('alerts');
    expect(visited).toEqual([certificateUrl]);
  });

  it('that is no alarm says so', async () => {
    const told = await read(await signed({ ...notification, Message: 'hello' }));
    expect(told).toMatchObject({ kind: 'foreign' });
  });

  it('may be delivered raw, as the alarm alone', async () => {
    const headers = { 'x-amz-sns-message-id': 'm9', 'x-amz-sns-topic-arn': topic };
    const body = Buffer.from(JSON.stringify(alarm));
    expect(await reader.read(hook, { body, headers })).toMatchObject({ kind: 'alerts', id: 'm9' });
    const told = reader.read({ ...hook, topic: `${topic}-other` }, { body, headers });
    expect(await problemOf(told)).toContain('another topic');
  });
});

describe('a subscription', () => {
  it('is confirmed by visiting SNS, once whoever asks has proven to be SNS', async () => {
    const told = await read(await signed(confirmation));
    expect(told).toMatchObject({ kind: 'nothing', topic });
    expect(visited).not.toContain(confirmation.SubscribeURL);
    pages.set('https://sns.eu-west-1.amazonaws.com/', Buffer.from('<ok/>'));
    expect(told.kind === 'nothing' && (await told.finish?.())).toBeNull();
    expect(visited).toContain(confirmation.SubscribeURL);
  });

  it('is not confirmed at another place, or for another topic', async () => {
    const urls = [
      `https://evil.example/?Action=ConfirmSubscription&TopicArn=${topic}&Token=tok`,
      `https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=${topic}-other&Token=tok`,
      `https://sns.eu-west-1.amazonaws.com/?Action=DeleteTopic&TopicArn=${topic}`,
      `http://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=${topic}&Token=tok`,
    ];
    for (const SubscribeURL of urls) {
      const told = await read(await signed({ ...confirmation, SubscribeURL }));
      const problem = told.kind === 'nothing' ? await told.finish?.() : null;
      expect(problem?.text).toContain('SubscribeURL');
      expect(visited).not.toContain(SubscribeURL);
    }
  });

  it('is refused without a signature of SNS', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const bad = {
      ...(await signed(confirmation)),
      Signature: sign('RSA-SHA256', Buffer.from('x'), privateKey).toString('base64'),
    };
    expect(await problemOf(read(bad))).toContain('signature');
    expect(visited).not.toContain(confirmation.SubscribeURL);
  });
});
