import type { CertifiedAgent } from '../core/enrolment.ts';
import type { Instant } from '../core/task.ts';

/** A certificate that was made, and when it ends. */
export interface IssuedCertificate {
  /** X.509, DER. */
  certificate: Buffer;
  until: Instant;
  /** SHA-256 of the key's SPKI, hex. */
  keyDigest: string;
}

export type Issued =
  | ({ kind: 'issued' } & IssuedCertificate)
  /** The request is no PKCS #10 with a P-256 key that signed it. `problem` continues "the certificate request …". */
  | { kind: 'refused'; problem: string };

/**
 * The server's own certificate authority: it vouches for the gateway to the agents and for the agents to the gateway.
 * Nobody else's certificates count, so names and addresses don't matter: every gateway has the one name
 * `gatewayTlsName` (core/tls-name.ts), which agents expect whatever address they dial.
 *
 * - Its key is a file of the data directory that the owner alone can read; an open one stops the start.
 * - An agent's certificate has the agent id as its common name and `nerdyops://<server>/agents/<id>/<generation>` as its
 *   one alternative name (URI), key usage digital signature and extended key usage client authentication.
 * - Errors: none but faults of the key file (thrown).
 */
export interface CertificateAuthority {
  /** SHA-256 of `certificate`, hex: what tokens carry. */
  readonly fingerprint: string;
  /** X.509, DER. */
  readonly certificate: Buffer;
  /** SHA-256 of the gateway key's SPKI, base64, as curl's `--pinnedpubkey sha256//…` wants it. The key stays the same for the server's life. */
  readonly gatewayPin: string;
  issue(csr: Buffer, agent: CertifiedAgent, now: Instant): Promise<Issued>;
  /** What the gateway shows: its chain up to and with the CA, and its key, PEM. Made anew well before it ends. */
  gatewayCredentials(now: Instant): Promise<{ chain: string; key: string; until: Instant }>;
  /** Who a client certificate (DER, verified against `certificate` by TLS already) is of; null where it is of no agent of this server. */
  agentOf(certificate: Buffer): CertifiedAgent | null;
}
