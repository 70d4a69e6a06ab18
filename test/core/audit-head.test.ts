import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type AuditHead, encodeAuditHead, isAuditHeadSigned } from '../../src/core/audit-head.ts';
import { keyIdOf, signDocument } from '../../src/core/order.ts';
import { Purpose, signAs } from '../../src/core/signature.ts';
import { now } from './rows.ts';

/** RFC 8032 §7.1, test 1: a key that everybody has. The vectors of docs/audit.md are made with it. */
const privateKey = createPrivateKey({
  key: Buffer.from(
    '302e020100300506032b6570042204209d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
    'hex',
  ),
  format: 'der',
  type: 'pkcs8',
});
const publicKey = createPublicKey(privateKey);
const head: AuditHead = {
  server: 'server-1',
  seq: 2,
  hash: 'ab'.repeat(32),
  at: now,
  keyId: keyIdOf(publicKey),
};
const signature = signAs(Purpose.auditHead, encodeAuditHead(head), privateKey);

describe("a head's signature", () => {
  it('is over the domain and the five fields as a JSON array, as docs/audit.md says', () => {
    const text = `nerdyops audit head v1\0["server-1",2,"${head.hash}",${now},"${head.keyId}"]`;
    expect(signature).toEqual(sign(null, Buffer.from(text), privateKey));
    expect(isAuditHeadSigned({ ...head, signature }, publicKey)).toBe(true);
  });

  it.each<[string, Partial<AuditHead>]>([
    ['server', { server: 'server-2' }],
    ['place', { seq: 3 }],
    ['hash', { hash: `${'ab'.repeat(31)}ac` }],
    ['time', { at: now + 1 }],
    ['key', { keyId: '0'.repeat(32) }],
  ])('is of no head with another %s', (_, other) => {
    expect(isAuditHeadSigned({ ...head, ...other, signature }, publicKey)).toBe(false);
  });

  it('is of one key alone', () => {
    const other = generateKeyPairSync('ed25519').publicKey;
    expect(isAuditHeadSigned({ ...head, signature }, other)).toBe(false);
  });

  it.each([0, 63, 65])('has its length: %d bytes are none', (length) => {
    expect(isAuditHeadSigned({ ...head, signature: Buffer.alloc(length) }, publicKey)).toBe(false);
  });

  it("is never an approval's", () => {
    const approval = signDocument(encodeAuditHead(head), privateKey);
    expect(isAuditHeadSigned({ ...head, signature: approval }, publicKey)).toBe(false);
  });
});
