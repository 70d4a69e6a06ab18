import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { checkOrder, type Trust } from '../../../agent/src/core/check-order.ts';
import { killGraceMsMax } from '../../../agent/src/core/limits.ts';
import type { WireOrder } from '../../../proto/agent-stream.ts';
import { outputHeadBytesMax, outputTailBytesMax, scriptBytesMax } from '../../../src/core/limits.ts';
import {
  type ApprovalDocument,
  encodeDocument,
  keyIdOf,
  runIdOf,
  signDocument,
} from '../../../src/core/order.ts';
import { scriptDigest } from '../../../src/core/script.ts';

const { privateKey } = generateKeyPairSync('ed25519');
const key = createPublicKey(privateKey);
const keyId = keyIdOf(key);
const trust: Trust = {
  keys: [{ key, keyId, until: null }],
  serverId: 's',
  agentId: 'agent-1',
  user: 'ops',
  now: 1_000,
};
const otherKey = { key: createPublicKey(generateKeyPairSync('ed25519').privateKey) };
const text = 'uptime\n';

const documentWith = (change: Partial<ApprovalDocument> = {}): ApprovalDocument => ({
  v: 1,
  keyId,
  server: 's',
  task: 1,
  proposal: 1,
  script: { digest: scriptDigest('bash', text), interpreter: 'bash' },
  runAs: null,
  limits: {
    timeoutMs: 1_000,
    killGraceMs: 100,
    outputHeadBytes: outputHeadBytesMax,
    outputTailBytes: outputTailBytesMax,
  },
  decisions: [{ by: 'test:ada', at: 0, rule: 'solo' }],
  issuedAt: 1,
  runBy: 2_000,
  agents: ['agent-0', 'agent-1'],
  ...change,
});

const orderOf = (bytes: Buffer, script: Buffer = Buffer.from(text), agentId = trust.agentId): WireOrder => ({
  runId: Buffer.from(runIdOf(bytes, agentId), 'hex'),
  document: bytes,
  signature: signDocument(bytes, privateKey),
  script,
});

const verdictOf = (change: Partial<ApprovalDocument>, script?: Buffer) =>
  checkOrder(orderOf(encodeDocument(documentWith(change)), script), trust);

const refused = (reason: string, detail: RegExp) => ({
  ok: false,
  reason,
  detail: expect.stringMatching(detail),
});

test('an order as it was approved is taken', () => {
  const order = orderOf(encodeDocument(documentWith()));
  expect(checkOrder(order, trust)).toMatchObject({ ok: true, runId: order.runId.toString('hex') });
});

describe('refused for its signature', () => {
  const order = orderOf(encodeDocument(documentWith()));
  test.each([
    ['of another key', { ...trust, keys: [{ ...otherKey, keyId, until: null }] }, order],
    ['when no key is trusted', { ...trust, keys: [] }, order],
    ['of another length', trust, { ...order, signature: order.signature.subarray(1) }],
    ['of nothing', trust, { ...order, signature: Buffer.alloc(0) }],
    ['over another document', trust, { ...order, document: encodeDocument(documentWith({ task: 2 })) }],
  ])('%s', (_, held, spoiled) => {
    expect(checkOrder(spoiled, held)).toMatchObject({ ok: false, reason: 'REASON_SIGNATURE' });
  });
});

describe('refused for its document', () => {
  const limits = documentWith().limits;
  test.each<[string, Partial<ApprovalDocument>, RegExp]>([
    ['another key id', { keyId: 'x' }, /key/],
    ['another server', { server: 'other' }, /another server/],
    ['another agent', { agents: ['agent-0'] }, /name this agent/],
    ['another user', { runAs: 'root' }, /root/],
    ['another script', { script: { digest: 'x', interpreter: 'bash' } }, /approved/],
    [
      'another interpreter',
      { script: { digest: scriptDigest('bash', text), interpreter: 'powershell' } },
      /approved/,
    ],
    ['no time', { limits: { ...limits, timeoutMs: 0 } }, /time limit/],
    ['too long a grace', { limits: { ...limits, killGraceMs: killGraceMsMax + 1 } }, /grace/],
    ['too much output', { limits: { ...limits, outputHeadBytes: outputHeadBytesMax + 1 } }, /output/],
    ['too long a tail', { limits: { ...limits, outputTailBytes: outputTailBytesMax + 1 } }, /output/],
  ])('%s', (_, change, detail) => {
    expect(verdictOf(change)).toEqual(refused('REASON_DOCUMENT', detail));
  });

  test('that can not be read though it is signed', () => {
    expect(checkOrder(orderOf(Buffer.from('{')), trust)).toEqual(refused('REASON_DOCUMENT', /JSON/));
  });

  test('whose run is another agent’s', () => {
    const order = orderOf(encodeDocument(documentWith()), undefined, 'agent-0');
    expect(checkOrder(order, trust)).toEqual(refused('REASON_DOCUMENT', /run id/));
  });

  test.each([
    ['not UTF-8', Buffer.from([0x61, 0xff, 0x0a]), /UTF-8/],
    ['with a NUL', Buffer.from('a\0b\n'), /NUL/],
    ['too long', Buffer.alloc(scriptBytesMax + 1, 'a'), /long/],
  ])('whose script is %s', (_, script, detail) => {
    // The digest fits what the bytes decode to: that alone must not do.
    const digest = scriptDigest('bash', script.toString('utf8'));
    expect(verdictOf({ script: { digest, interpreter: 'bash' } }, script)).toEqual(
      refused('REASON_DOCUMENT', detail),
    );
  });
});

test('an order is late only after the time that was approved', () => {
  expect(verdictOf({ runBy: 1_000 })).toMatchObject({ ok: true });
  expect(verdictOf({ runBy: 999 })).toMatchObject({ ok: false, reason: 'REASON_LATE' });
});
