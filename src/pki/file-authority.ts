import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  X509Certificate,
} from 'node:crypto';
import type { CertifiedAgent } from '../core/enrolment.ts';
import type { Instant } from '../core/task.ts';
import type { CertificateAuthority, Issued } from '../ports/certificate-authority.ts';
import { readAgentName } from './agent-name.ts';
import { readRequest } from './certificate-request.ts';
import {
  type Authority,
  makeAgentCertificate,
  makeAuthorityCertificate,
  makeGatewayCertificate,
} from './certificates.ts';
import { agentCertificateMs, gatewayRenewBeforeMs } from './limits.ts';

/** The authority's file can't be used; the message says why and what to do. */
export class AuthorityFileError extends Error {
  readonly code = 'authority_file';
  constructor(path: string, reason: string, cause?: unknown) {
    super(
      `${path} can't be used: ${reason}. Restore it from a backup. Without one, move it away: the next start makes a new authority, and every machine that joined must join again.`,
      { cause },
    );
    this.name = 'AuthorityFileError';
  }
}

/** One text of a secret, kept durably, that its owner alone can read. Both throw where others may read it. */
export interface AuthorityFile {
  /** For sentences. */
  readonly path: string;
  /** Null where there is none yet. */
  read(): string | null;
  /** Writes it once, whole and synced. */
  create(text: string): void;
}

interface FileForm {
  v: 1;
  server: string;
  /** PKCS #8, PEM. */
  authorityKey: string;
  /** X.509, base64 of DER. */
  authorityCertificate: string;
  /** PKCS #8, PEM. Kept, so that what is pinned to it stays good. */
  gatewayKey: string;
}

/** The server's certificate authority, whose keys are one file that is written once. */
export class FileAuthority implements CertificateAuthority {
  readonly fingerprint: string;
  readonly certificate: Buffer;
  readonly gatewayPin: string;
  readonly #authority: Authority;
  readonly #gatewayKey: KeyObject;
  readonly #serverId: string;
  readonly #certificateMs: number;
  #gateway: { certificate: Buffer; until: Instant } | null = null;

  private constructor(kept: { authority: Authority; gatewayKey: KeyObject }, options: AuthorityOptions) {
    this.#authority = kept.authority;
    this.#gatewayKey = kept.gatewayKey;
    this.#serverId = options.serverId;
    this.#certificateMs = options.certificateMs ?? agentCertificateMs;
    this.certificate = kept.authority.certificate;
    this.fingerprint = sha256(this.certificate).toString('hex');
    this.gatewayPin = sha256(spkiOf(kept.gatewayKey)).toString('base64');
  }

  /**
   * Reads the authority, or makes it.
   *
   * @throws AuthorityFileError when the file doesn't hold together; what the file's own reading throws.
   */
  static async open(file: AuthorityFile, options: AuthorityOptions): Promise<FileAuthority> {
    const text = file.read();
    if (text !== null) return new FileAuthority(readForm(text, file.path, options.serverId), options);
    const authorityKeys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const gatewayKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    const certificate = await makeAuthorityCertificate(authorityKeys, options.serverId, options.now);
    const form: FileForm = {
      v: 1,
      server: options.serverId,
      authorityKey: pemOf(authorityKeys.privateKey),
      authorityCertificate: certificate.toString('base64'),
      gatewayKey: pemOf(gatewayKey),
    };
    file.create(`${JSON.stringify(form, null, 2)}\n`);
    const authority = { certificate, privateKey: authorityKeys.privateKey };
    return new FileAuthority({ authority, gatewayKey }, options);
  }

  async issue(csr: Buffer, agent: CertifiedAgent, now: Instant): Promise<Issued> {
    const read = await readRequest(csr);
    if (!read.ok) return { kind: 'refused', problem: read.problem };
    const { serverId, forMs } = { serverId: this.#serverId, forMs: this.#certificateMs };
    const made = await makeAgentCertificate(this.#authority, read.publicKey, { serverId, agent, now, forMs });
    return { kind: 'issued', ...made, keyDigest: read.keyDigest };
  }

  async gatewayCredentials(now: Instant): Promise<{ chain: string; key: string; until: Instant }> {
    if (!this.#gateway || this.#gateway.until - now < gatewayRenewBeforeMs) {
      const publicKey = createPublicKey(this.#gatewayKey);
      this.#gateway = await makeGatewayCertificate(this.#authority, publicKey, now);
    }
    const { certificate, until } = this.#gateway;
    const chain = [certificate, this.certificate].map((der) => new X509Certificate(der).toString()).join('');
    return { chain, key: pemOf(this.#gatewayKey), until };
  }

  agentOf(certificate: Buffer): CertifiedAgent | null {
    return readAgentName(certificate, this.#serverId);
  }
}

export interface AuthorityOptions {
  /** This server's id, which certificates name. */
  serverId: string;
  /** When the authority is made, if it is made now. */
  now: Instant;
  /** How long an agent's certificate is good; the limit's where it isn't given. */
  certificateMs?: number;
}

const sha256 = (bytes: Buffer): Buffer => createHash('sha256').update(bytes).digest();
const spkiOf = (key: KeyObject): Buffer => createPublicKey(key).export({ type: 'spki', format: 'der' });
const pemOf = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();

const readForm = (text: string, path: string, serverId: string) => {
  try {
    const form = JSON.parse(text) as FileForm;
    if (form.v !== 1) throw new Error('its version is not known here');
    if (form.server !== serverId)
      throw new Error(`it is of the server ${form.server}, and this is ${serverId}`);
    const certificate = Buffer.from(form.authorityCertificate, 'base64');
    const privateKey = createPrivateKey(form.authorityKey);
    const gatewayKey = createPrivateKey(form.gatewayKey);
    const read = new X509Certificate(certificate);
    if (!read.checkPrivateKey(privateKey)) throw new Error('its key is not the one of its certificate');
    return { authority: { certificate, privateKey }, gatewayKey };
  } catch (cause) {
    throw new AuthorityFileError(path, (cause as Error).message, cause);
  }
};
