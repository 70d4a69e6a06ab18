import type { Signer } from './signer.ts';

/**
 * With what the store signs the head of the audit log in each commit that adds to it (law 9). The signer's key is
 * asked for anew each time: a key that takes over signs from the next commit on.
 */
export interface AuditSeal {
  /** The id of this server. */
  readonly server: string;
  readonly signer: Signer;
}
