import { type AuditNote, serverActor } from '../core/audit.ts';
import { isAuditHeadSigned, type SignedAuditHead } from '../core/audit-head.ts';
import { publicKeyFrom } from '../core/order.ts';
import type { Signer } from '../ports/signer.ts';
import type { Store } from '../ports/store.ts';

/** Two heads that can't both be of one log. `shown` is null where the log ends before the kept one. */
export interface HeadConflict {
  kept: SignedAuditHead;
  shown: { seq: number; hash: string } | null;
  /** True when this server's own signature is under the kept head: then it is proof, and not an agent's mere word. */
  isProven: boolean;
}

interface Parts {
  store: Store;
  signer: Signer;
  serverId: string;
}

/**
 * Looks for the head that an agent remembers in the log as it is. An honest server on a database that somebody
 * rewrote or put back finds it out here, at the next agent that says hello.
 *
 * @returns null when the log holds that very entry.
 */
export const holdRemembered = async (parts: Parts, kept: SignedAuditHead): Promise<HeadConflict | null> => {
  const hash = await parts.store.auditHashAt(kept.seq);
  if (hash === kept.hash && kept.server === parts.serverId) return null;
  const shown = hash === null ? null : { seq: kept.seq, hash };
  return { kept, shown, isProven: isOwn(parts, kept) };
};

/** What an agent says that it was shown. */
export const reportedConflict = (
  parts: Parts,
  kept: SignedAuditHead,
  shown: SignedAuditHead,
): HeadConflict => ({ kept, shown, isProven: isOwn(parts, kept) });

const isOwn = ({ signer, serverId }: Parts, head: SignedAuditHead): boolean => {
  const key = signer.publicKeys().find((k) => k.keyId === head.keyId);
  return (
    head.server === serverId && key !== undefined && isAuditHeadSigned(head, publicKeyFrom(key.publicKey))
  );
};

/** Writes into the log that it is not what it was. */
export const noteConflict = (
  store: Store,
  agent: { agentId: string; name: string },
  { kept, shown, isProven }: HeadConflict,
): Promise<void> => {
  const note: AuditNote = {
    kind: 'agent.witness-conflict',
    actor: serverActor,
    task: null,
    run: null,
    digest: kept.hash,
    detail: {
      agent: agent.name,
      agentId: agent.agentId,
      keptSeq: kept.seq,
      shownSeq: shown?.seq ?? null,
      shownHash: shown?.hash ?? null,
      proven: isProven,
    },
  };
  return store.change({}, () => ({ result: undefined, writes: { audit: [note] } }));
};
