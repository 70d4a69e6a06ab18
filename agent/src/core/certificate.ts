import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';

/** From when until when a certificate is good; milliseconds since the Unix epoch. */
export interface CertificateLife {
  from: number;
  until: number;
}

/** @param certificate DER. @throws when it is none. */
export const lifeOf = (certificate: Buffer): CertificateLife => {
  const { validFrom, validTo } = new X509Certificate(certificate);
  return { from: Date.parse(validFrom), until: Date.parse(validTo) };
};

/** PEM, as TLS libraries want it. @param certificate DER. */
export const pemOf = (certificate: Buffer): string => new X509Certificate(certificate).toString();

/** SHA-256 of a certificate (DER), hex: what a token carries of its authority. */
export const fingerprintOf = (certificate: Buffer): string =>
  createHash('sha256').update(certificate).digest('hex');

/**
 * Why a certificate that was sent can't be used; null when it can.
 *
 * @param key PKCS #8, PEM: the one that it was asked for.
 */
export const certificateProblem = (certificate: Buffer, ca: Buffer, key: string): string | null => {
  let own: X509Certificate;
  let authority: X509Certificate;
  try {
    own = new X509Certificate(certificate);
    authority = new X509Certificate(ca);
  } catch {
    return 'it sent a certificate that can not be read';
  }
  if (!own.checkPrivateKey(createPrivateKey(key))) return 'it sent a certificate for another key';
  if (!own.verify(authority.publicKey)) return 'it sent a certificate that its own authority did not sign';
  return null;
};
