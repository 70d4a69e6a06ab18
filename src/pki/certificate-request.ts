import 'reflect-metadata';
import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { Pkcs10CertificateRequest } from '@peculiar/x509';
import { requestBytesMax } from './limits.ts';

/** A request for a certificate that was verified, of which only the key counts. */
export type ReadRequest =
  | { ok: true; publicKey: KeyObject; keyDigest: string }
  /** Continues "the certificate request …". */
  | { ok: false; problem: string };

/**
 * Reads a PKCS #10 request (RFC 2986) and verifies that whoever made it holds its key. Subject, attributes and wished
 * extensions are left unread: what a certificate says is decided here and not by who wants it.
 */
export const readRequest = async (der: Buffer): Promise<ReadRequest> => {
  if (der.length === 0) return { ok: false, problem: 'is empty' };
  if (der.length > requestBytesMax) return { ok: false, problem: `has more than ${requestBytesMax} bytes` };
  let request: Pkcs10CertificateRequest;
  let given: KeyObject;
  try {
    request = new Pkcs10CertificateRequest(new Uint8Array(der));
    given = createPublicKey({ key: Buffer.from(request.publicKey.rawData), format: 'der', type: 'spki' });
  } catch {
    return { ok: false, problem: 'is no PKCS #10 in DER' };
  }
  if (given.asymmetricKeyType !== 'ec' || given.asymmetricKeyDetails?.namedCurve !== 'prime256v1') {
    return { ok: false, problem: 'has a key that is not of the curve P-256' };
  }
  // One that can't be verified (an unknown algorithm, say) is as good as one that is wrong.
  if (!(await request.verify().catch(() => false))) {
    return { ok: false, problem: 'is not signed with its own key' };
  }
  // A point can be written in several ways; one key must have one digest.
  const publicKey = createPublicKey({ key: given.export({ format: 'jwk' }), format: 'jwk' });
  return { ok: true, publicKey, keyDigest: createHash('sha256').update(spkiOf(publicKey)).digest('hex') };
};

const spkiOf = (key: KeyObject): Buffer => key.export({ type: 'spki', format: 'der' });
