import 'reflect-metadata';
import { KeyObject, webcrypto } from 'node:crypto';
import { Pkcs10CertificateRequestGenerator } from '@peculiar/x509';
import { type AuthorityOptions, FileAuthority } from '../../src/pki/file-authority.ts';

/** A key as a machine makes it, and its request for a certificate (DER). */
export const aRequest = async (
  namedCurve = 'P-256',
): Promise<{ csr: Buffer; key: KeyObject; keyPem: string }> => {
  const algorithm = { name: 'ECDSA', namedCurve, hash: 'SHA-256' };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const request = await Pkcs10CertificateRequestGenerator.create({
    name: 'CN=whoever I like',
    keys,
    signingAlgorithm: algorithm,
  });
  const key = KeyObject.from(keys.privateKey);
  const keyPem = key.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { csr: Buffer.from(request.rawData), key, keyPem };
};

/** An authority whose file is in memory. */
export const anAuthority = (options: AuthorityOptions): Promise<FileAuthority> => {
  let kept: string | null = null;
  const create = (text: string): void => {
    kept = text;
  };
  return FileAuthority.open({ path: 'authority.json', read: () => kept, create }, options);
};
