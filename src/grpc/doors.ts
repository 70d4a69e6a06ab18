import type { MachineFacts } from '../core/agent.ts';
import type { CertifiedAgent } from '../core/enrolment.ts';
import type { Sentence } from '../core/sentences.ts';

/**
 * By which door a stream came in. At the local socket, in the 0700 data directory, the owner is speaking and names itself;
 * over TLS a certificate says who it is.
 */
export type Door = { kind: 'local' } | { kind: 'certified'; certified: CertifiedAgent };

type Refused<Code extends string> = { kind: 'refused'; code: Code; sentence: Sentence };

/** What the gateway asks those who know the identities; see `flow/enrol.ts`. */
export interface Identities {
  join(request: {
    inviteId: string;
    secret: Buffer;
    csr: Buffer;
    name: string;
    facts: MachineFacts;
    peer: string;
  }): Promise<
    | {
        kind: 'joined';
        agentId: string;
        name: string;
        labels: Record<string, string>;
        certificate: Buffer;
        generation: number;
      }
    | Refused<'unknown' | 'expired' | 'used' | 'withdrawn' | 'malformed'>
  >;
  renew(
    certified: CertifiedAgent,
    csr: Buffer,
  ): Promise<
    { kind: 'renewed'; certificate: Buffer } | Refused<'removed' | 'suspended' | 'superseded' | 'malformed'>
  >;
  admit(
    certified: CertifiedAgent,
  ): Promise<
    | { kind: 'admitted'; name: string; labels: Record<string, string> }
    | Refused<'removed' | 'suspended' | 'superseded'>
  >;
  suspend(agentId: string, detail: string): Promise<void>;
  /** Calls back after a commit by which an agent's streams may be no longer. */
  onCut(listener: (agentId: string) => void): () => void;
}
