import 'reflect-metadata';
import { createPrivateKey, createPublicKey, webcrypto } from 'node:crypto';
import { Pkcs10CertificateRequestGenerator } from '@peculiar/x509';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/**
 * A PKCS #10 request (DER) for a P-256 key. Imported only where one is made: the library behind it is a third of the
 * agent, and an agent asks once in many hours.
 *
 * @param key PKCS #8, PEM.
 */
export const requestCertificate = async (key: string): Promise<Buffer> => {
  const privateKey = createPrivateKey(key);
  const { subtle } = webcrypto;
  const [own, open] = await Promise.all([
    subtle.importKey('pkcs8', privateKey.export({ type: 'pkcs8', format: 'der' }), algorithm, false, [
      'sign',
    ]),
    subtle.importKey(
      'spki',
      createPublicKey(privateKey).export({ type: 'spki', format: 'der' }),
      algorithm,
      true,
      ['verify'],
    ),
  ]);
  const request = await Pkcs10CertificateRequestGenerator.create(
    { name: 'CN=nerdy-agent', keys: { privateKey: own, publicKey: open }, signingAlgorithm: algorithm },
    webcrypto as unknown as Crypto,
  );
  return Buffer.from(request.rawData);
};
