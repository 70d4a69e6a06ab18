import { serverActor } from '../core/audit.ts';
import type { ServerKey, SignedSuccession } from '../core/succession.ts';
import type { Actor } from '../core/task.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { KeyChange, RotatingSigner, Signer } from '../ports/signer.ts';
import type { Store } from '../ports/store.ts';
import type { Greeting } from './greet.ts';

/** One key as people see it. */
export interface KeyLine {
  keyId: string;
  since: number;
  /** When the next one took over; null for the one that signs. */
  until: number | null;
  state: 'signs' | 'verifies';
}

/** The server's keys: shown, and replaced while everything goes on. */
export class Keys {
  readonly #store: Store;
  readonly #signer: RotatingSigner;
  readonly #clock: Clock;
  readonly #log: Log;

  constructor(parts: { store: Store; signer: RotatingSigner; clock: Clock; log: Log }) {
    this.#store = parts.store;
    this.#signer = parts.signer;
    this.#clock = parts.clock;
    this.#log = parts.log;
  }

  /** Oldest first. */
  list(): KeyLine[] {
    return this.#signer.publicKeys().map(keyLine);
  }

  /**
   * Replaces the key. From its return on everything is signed with the new one, connected agents are told, and it is in
   * the audit log. A server that dies in the middle has the old key or the new one; the next start notes what it finds.
   */
  async rotate(by: Actor): Promise<KeyLine[]> {
    const change = this.#signer.rotate(this.#clock.now(), by);
    this.#log.info({ keyId: change.keyId, before: change.oldKeyId }, 'the signing key was replaced');
    await this.noteChanges();
    return this.list();
  }

  /** Brings what the audit log misses of earlier rotations into it, each once. */
  async noteChanges(): Promise<void> {
    const changes = this.#signer.unnoted();
    for (const change of changes) await this.#note(change);
    this.#signer.noted(changes);
  }

  #note({ oldKeyId, keyId, at, by }: KeyChange): Promise<void> {
    return this.#store.change({ event: `key.rotate:${keyId}` }, (view) => {
      if (view.seenEventTask !== null) return { result: undefined };
      const detail = { before: oldKeyId, at };
      const note = { kind: 'key.rotate' as const, actor: by, task: null, run: null, digest: keyId, detail };
      return { result: undefined, writes: { eventTask: 0, audit: [note] } };
    });
  }
}

/** A key as a line of the list. */
export const keyLine = ({ keyId, since, until }: ServerKey): KeyLine => ({
  keyId,
  since,
  until,
  state: until === null ? 'signs' : 'verifies',
});

/**
 * What an agent that pinned this key needs to follow to the present one; all there is when the key is not known, which
 * then leads nowhere.
 */
export const successionsFrom = (signer: Signer, pinnedKeyId: string): readonly SignedSuccession[] => {
  if (pinnedKeyId === '') return [];
  const at = signer.publicKeys().findIndex((k) => k.keyId === pinnedKeyId);
  return signer.successions().slice(Math.max(at, 0));
};

/**
 * Says it where people look when an agent trusts a key that this server never had: it ends the stream by itself, and
 * they should know why it stays away.
 */
export const noteDistrust = async (
  { store, signer, log }: { store: Store; signer: Signer; log: Log },
  { agentId, name }: Greeting,
  pinnedKeyId: string,
): Promise<void> => {
  if (pinnedKeyId === '' || signer.publicKeys().some((k) => k.keyId === pinnedKeyId)) return;
  log.error({ agent: name, pinnedKeyId }, 'an agent trusts another key than any of this server');
  const detail = { agent: agentId, name, pinnedKey: pinnedKeyId, key: signer.keyId };
  const note = { kind: 'agent.distrust' as const, actor: serverActor, task: null, run: null, digest: null };
  await store.change({}, () => ({ result: undefined, writes: { audit: [{ ...note, detail }] } }));
};
