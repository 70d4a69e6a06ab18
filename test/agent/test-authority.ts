import 'reflect-metadata';
import { randomBytes, webcrypto } from 'node:crypto';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  Pkcs10CertificateRequest,
  type PublicKeyType,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { fingerprintOf, pemOf } from '../../agent/src/core/certificate.ts';
import { gatewayTlsName } from '../../src/core/tls-name.ts';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const provider = webcrypto as unknown as Crypto;

interface Life {
  from: number;
  until: number;
}

const hour = 3_600_000;

/** A certificate authority of a test's own, made with the library and not with the server's code. */
export class TestAuthority {
  readonly certificate: Buffer;
  readonly #name: string;
  readonly #keys: CryptoKeyPair;

  private constructor(name: string, certificate: Buffer, keys: CryptoKeyPair) {
    this.#name = name;
    this.certificate = certificate;
    this.#keys = keys;
  }

  static async make(name = 'Test authority'): Promise<TestAuthority> {
    const keys = await pairOf();
    const certificate = await X509CertificateGenerator.createSelfSigned(
      {
        name: `CN=${name}`,
        keys,
        signingAlgorithm: algorithm,
        serialNumber: randomBytes(8).toString('hex'),
        notBefore: new Date(Date.now() - hour),
        notAfter: new Date(Date.now() + 1000 * hour),
        extensions: [
          new BasicConstraintsExtension(true, undefined, true),
          new KeyUsagesExtension(KeyUsageFlags.keyCertSign, true),
        ],
      },
      provider,
    );
    return new TestAuthority(name, Buffer.from(certificate.rawData), keys);
  }

  get fingerprint(): string {
    return fingerprintOf(this.certificate);
  }

  /** What a gateway shows: key and chain in PEM, with the authority's own certificate unless that is left out. */
  async gateway({
    name = gatewayTlsName,
    withAuthority = true,
  } = {}): Promise<{ key: string; chain: string }> {
    const keys = await pairOf();
    const life = { from: Date.now() - hour, until: Date.now() + 24 * hour };
    const own = await this.#sign(`CN=${name}`, keys.publicKey, life, [
      new SubjectAlternativeNameExtension([{ type: 'dns', value: name }]),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
    ]);
    const key = Buffer.from(
      await webcrypto.subtle.exportKey('pkcs8', keys.privateKey as webcrypto.CryptoKey),
    );
    const body = key.toString('base64').replaceAll(/.{64}/g, '$&\n');
    return {
      key: `-----BEGIN PRIVATE KEY-----\n${body}\n-----END PRIVATE KEY-----\n`,
      chain: pemOf(own) + (withAuthority ? pemOf(this.certificate) : ''),
    };
  }

  /** An agent's certificate for the key of a request. @throws when the request isn't signed by its key. */
  async agent(csr: Buffer, agentId: string, life: Life): Promise<Buffer> {
    const request = new Pkcs10CertificateRequest(new Uint8Array(csr));
    if (!(await request.verify(provider))) throw new Error('the request is not signed by its key');
    return this.#sign(`CN=${agentId}`, request.publicKey, life, [
      new SubjectAlternativeNameExtension([
        { type: 'url', value: `nerdyops://server-1/agents/${agentId}/1` },
      ]),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth]),
    ]);
  }

  async #sign(
    subject: string,
    publicKey: PublicKeyType,
    { from, until }: Life,
    extensions: Extension[],
  ): Promise<Buffer> {
    const certificate = await X509CertificateGenerator.create(
      {
        subject,
        issuer: `CN=${this.#name}`,
        publicKey,
        signingKey: this.#keys.privateKey,
        signingAlgorithm: algorithm,
        serialNumber: randomBytes(8).toString('hex'),
        notBefore: new Date(from),
        notAfter: new Date(until),
        extensions,
      },
      provider,
    );
    return Buffer.from(certificate.rawData);
  }
}

const pairOf = async (): Promise<CryptoKeyPair> =>
  (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as CryptoKeyPair;

/** The public key that a request is for, hex. */
export const keyOfRequest = (csr: Buffer): string =>
  Buffer.from(new Pkcs10CertificateRequest(new Uint8Array(csr)).publicKey.rawData).toString('hex');
