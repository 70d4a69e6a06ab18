import { createHash } from 'node:crypto';
import type { CertifiedAgent } from '../../src/core/enrolment.ts';
import type { Instant } from '../../src/core/task.ts';
import type { CertificateAuthority, Issued } from '../../src/ports/certificate-authority.ts';

/** How long its certificates last. */
export const certificateMs = 24 * 3_600_000;

/** An authority whose certificates are words: a request is the key's name, and `broken` is no request. */
export class FakeAuthority implements CertificateAuthority {
  readonly fingerprint = 'ab'.repeat(32);
  readonly certificate = Buffer.from('the authority');
  readonly gatewayPin = 'pin';
  /** Called before each certificate is made; tests let the world change meanwhile. */
  onIssue: () => Promise<void> = async () => {};
  issued = 0;

  async issue(csr: Buffer, { agentId, generation }: CertifiedAgent, now: Instant): Promise<Issued> {
    await this.onIssue();
    const key = csr.toString();
    if (key === 'broken') return { kind: 'refused', problem: 'can not be read' };
    this.issued++;
    const certificate = Buffer.from(JSON.stringify({ agentId, generation, key, serial: this.issued }));
    const keyDigest = createHash('sha256').update(csr).digest('hex');
    return { kind: 'issued', certificate, until: now + certificateMs, keyDigest };
  }

  async gatewayCredentials(now: Instant) {
    return { chain: '', key: '', until: now + certificateMs };
  }

  agentOf(certificate: Buffer): CertifiedAgent | null {
    const { agentId, generation } = JSON.parse(certificate.toString()) as CertifiedAgent;
    return { agentId, generation };
  }
}
