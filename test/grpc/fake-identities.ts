import type { CertifiedAgent } from '../../src/core/enrolment.ts';
import { sentence } from '../../src/core/sentences.ts';
import type { Identities } from '../../src/grpc/doors.ts';
import type { CertificateAuthority } from '../../src/ports/certificate-authority.ts';

interface Identity {
  name: string;
  labels: Record<string, string>;
  state: 'active' | 'suspended' | 'removed';
  generation: number;
}

/** Those who know the identities, as far as the gateway sees them; a test says who is what. */
export class FakeIdentities implements Identities {
  readonly known = new Map<string, Identity>();
  /** Secrets of invitations that are open. */
  readonly invites = new Map<string, Buffer>();
  readonly suspended: { agentId: string; detail: string }[] = [];
  readonly #authority: CertificateAuthority;
  readonly #listeners = new Set<(agentId: string) => void>();

  constructor(authority: CertificateAuthority) {
    this.#authority = authority;
  }

  add(name: string, labels: Record<string, string> = {}): CertifiedAgent {
    const agentId = `agent-${name}-id`;
    this.known.set(agentId, { name, labels, state: 'active', generation: 1 });
    return { agentId, generation: 1 };
  }

  /** As an admin does. */
  remove(agentId: string): void {
    const identity = this.known.get(agentId);
    if (identity) identity.state = 'removed';
    for (const listener of this.#listeners) listener(agentId);
  }

  async join({ inviteId, secret, csr, name }: Parameters<Identities['join']>[0]) {
    const refused = { kind: 'refused', sentence: sentence('stranger_no_certificate', {}) } as const;
    if (!this.invites.get(inviteId)?.equals(secret)) return { ...refused, code: 'unknown' } as const;
    const certified = this.add(name, { role: 'db' });
    const issued = await this.#authority.issue(csr, certified, Date.now());
    if (issued.kind === 'refused') return { ...refused, code: 'malformed' } as const;
    this.invites.delete(inviteId);
    const { certificate } = issued;
    return { kind: 'joined', ...certified, name, labels: { role: 'db' }, certificate } as const;
  }

  async renew(certified: CertifiedAgent, csr: Buffer) {
    const admitted = await this.admit(certified);
    if (admitted.kind === 'refused') return admitted;
    const issued = await this.#authority.issue(csr, certified, Date.now());
    if (issued.kind === 'issued') return { kind: 'renewed', certificate: issued.certificate } as const;
    const said = sentence('stranger_no_certificate', {});
    return { kind: 'refused', code: 'malformed', sentence: said } as const;
  }

  async admit({ agentId, generation }: CertifiedAgent) {
    const identity = this.known.get(agentId);
    const refused = { kind: 'refused', sentence: sentence('agent_cut', {}) } as const;
    if (!identity || identity.state === 'removed') return { ...refused, code: 'removed' } as const;
    if (identity.state === 'suspended') return { ...refused, code: 'suspended' } as const;
    if (identity.generation !== generation) return { ...refused, code: 'superseded' } as const;
    return { kind: 'admitted', name: identity.name, labels: identity.labels } as const;
  }

  async suspend(agentId: string, detail: string): Promise<void> {
    this.suspended.push({ agentId, detail });
    const identity = this.known.get(agentId);
    if (identity) identity.state = 'suspended';
    for (const listener of this.#listeners) listener(agentId);
  }

  onCut(listener: (agentId: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
