import 'reflect-metadata';
import { type KeyObject, randomBytes, webcrypto } from 'node:crypto';
import { AsnConvert } from '@peculiar/asn1-schema';
import { GeneralName, GeneralSubtree, GeneralSubtrees, NameConstraints } from '@peculiar/asn1-x509';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import type { CertifiedAgent } from '../core/enrolment.ts';
import type { Instant } from '../core/task.ts';
import { gatewayTlsName } from '../core/tls-name.ts';
import { writeAgentUri } from './agent-name.ts';
import {
  agentBackdateMs,
  authorityMs,
  gatewayBackdateMs,
  gatewayCertificateMs,
  serialBytes,
} from './limits.ts';

/** The three kinds of certificate that there are, each with what it may be used for and nothing else (RFC 5280). */

/** Who signs: the authority's certificate (DER) and its key. */
export interface Authority {
  certificate: Buffer;
  privateKey: KeyObject;
}

/** Of the whole server: signs itself, and may sign the names of this one server only. */
export const makeAuthorityCertificate = async (
  keys: { publicKey: KeyObject; privateKey: KeyObject },
  serverId: string,
  now: Instant,
): Promise<Buffer> => {
  const publicKey = await cryptoKeyOf(keys.publicKey, 'verify');
  const name = subjectOf(`NerdyOps ${serverId}`);
  const made = await X509CertificateGenerator.create({
    ...validity(now - gatewayBackdateMs, now + authorityMs),
    subject: name,
    issuer: name,
    publicKey,
    signingKey: await cryptoKeyOf(keys.privateKey, 'sign'),
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      nameConstraints(serverId),
      await SubjectKeyIdentifierExtension.create(publicKey),
    ],
  });
  return Buffer.from(made.rawData);
};

/** Of the gateway, for server authentication under the one name. */
export const makeGatewayCertificate = (authority: Authority, publicKey: KeyObject, now: Instant) =>
  makeLeaf(authority, publicKey, {
    subject: gatewayTlsName,
    usage: ExtendedKeyUsage.serverAuth,
    name: { type: 'dns', value: gatewayTlsName },
    from: now - gatewayBackdateMs,
    until: now + gatewayCertificateMs,
  });

/** Of an agent, for client authentication. */
export const makeAgentCertificate = (
  authority: Authority,
  publicKey: KeyObject,
  { serverId, agent, now, forMs }: { serverId: string; agent: CertifiedAgent; now: Instant; forMs: number },
) =>
  makeLeaf(authority, publicKey, {
    subject: agent.agentId,
    usage: ExtendedKeyUsage.clientAuth,
    name: { type: 'url', value: writeAgentUri(serverId, agent) },
    from: now - agentBackdateMs,
    until: now + forMs,
  });

const makeLeaf = async (
  authority: Authority,
  key: KeyObject,
  leaf: {
    subject: string;
    usage: ExtendedKeyUsage;
    name: { type: 'dns' | 'url'; value: string };
    from: Instant;
    until: Instant;
  },
): Promise<{ certificate: Buffer; until: Instant }> => {
  const publicKey = await cryptoKeyOf(key, 'verify');
  const issuer = new X509Certificate(new Uint8Array(authority.certificate));
  const valid = validity(leaf.from, leaf.until);
  const made = await X509CertificateGenerator.create({
    ...valid,
    subject: subjectOf(leaf.subject),
    issuer: issuer.subjectName.toJSON(),
    publicKey,
    signingKey: await cryptoKeyOf(authority.privateKey, 'sign'),
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([leaf.usage]),
      new SubjectAlternativeNameExtension([leaf.name]),
      await SubjectKeyIdentifierExtension.create(publicKey),
      await AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  });
  return { certificate: Buffer.from(made.rawData), until: valid.notAfter.getTime() };
};

const subjectOf = (commonName: string) => [{ CN: [commonName] }];

/** X.509 knows whole seconds. */
const validity = (from: Instant, until: Instant) => ({
  notBefore: new Date(Math.floor(from / 1_000) * 1_000),
  notAfter: new Date(Math.floor(until / 1_000) * 1_000),
  serialNumber: randomSerial(),
  signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
});

/** Positive, without a leading zero byte. */
const randomSerial = (): string => {
  const bytes = randomBytes(serialBytes);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString('hex');
};

/**
 * Should this key ever be stolen, or trusted by something else, it vouches for nothing but this server's gateway and agents:
 * the one DNS name, URIs of this server, and no address at all.
 */
const nameConstraints = (serverId: string): Extension => {
  const subtree = (base: ConstructorParameters<typeof GeneralName>[0]) =>
    new GeneralSubtree({ base: new GeneralName(base) });
  const constraints = new NameConstraints({
    permittedSubtrees: new GeneralSubtrees([
      subtree({ dNSName: gatewayTlsName }),
      subtree({ uniformResourceIdentifier: serverId }),
    ]),
    excludedSubtrees: new GeneralSubtrees([
      subtree({ iPAddress: '0.0.0.0/0' }),
      subtree({ iPAddress: '::/0' }),
    ]),
  });
  return new Extension(nameConstraintsOid, true, AsnConvert.serialize(constraints));
};
const nameConstraintsOid = '2.5.29.30';

const curve = { name: 'ECDSA', namedCurve: 'P-256' };

const cryptoKeyOf = (key: KeyObject, use: 'sign' | 'verify'): Promise<webcrypto.CryptoKey> =>
  use === 'sign'
    ? webcrypto.subtle.importKey('pkcs8', key.export({ type: 'pkcs8', format: 'der' }), curve, false, [
        'sign',
      ])
    : webcrypto.subtle.importKey('spki', key.export({ type: 'spki', format: 'der' }), curve, true, [
        'verify',
      ]);
