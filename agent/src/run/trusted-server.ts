import type { KeyObject } from 'node:crypto';
import type { WireKeySuccession, WireWelcome } from '../../../proto/agent-stream.ts';
import { formerKeyMs } from '../../../src/core/limits.ts';
import { keyIdOf, publicKeyFrom } from '../../../src/core/order.ts';
import type { TrustedKey } from '../core/check-order.ts';
import { holdAgainst, holdSuccession, type KeyVerdict, type PinnedKeys } from '../core/pinned-keys.ts';
import type { AgentLog } from '../log.ts';

/** The server that this agent obeys, by the keys that it pinned. */
export class TrustedServer {
  readonly #keep: (pinned: PinnedKeys) => Promise<void>;
  readonly #log: AgentLog;
  #pinned: PinnedKeys;
  /** Newest first. */
  #keys: TrustedKey[] = [];
  #keeping: Promise<void> | null = null;

  /** @param keep writes what is pinned, durably and in one step. */
  constructor(pinned: PinnedKeys, keep: (pinned: PinnedKeys) => Promise<void>, log: AgentLog) {
    this.#pinned = pinned;
    this.#keep = keep;
    this.#log = log;
    this.#keys = keysOf(pinned);
  }

  /** Not null while a pin is on its way to the disk: nothing is taken before it is there. */
  get keeping(): Promise<void> | null {
    return this.#keeping;
  }

  /** Of the pinned key, empty before there is one. */
  get keyId(): string {
    return this.#keys[0]?.keyId ?? '';
  }

  get serverId(): string | null {
    return this.#pinned.serverId;
  }

  /** Keys that may vouch for an order now, newest first. */
  keys(now: number): TrustedKey[] {
    return this.#keys.filter((k) => k.until === null || now <= k.until + formerKeyMs);
  }

  /** @returns why this gateway is not obeyed, null when it is. */
  welcomed(welcome: WireWelcome): string | null {
    return this.#take(holdAgainst(this.#pinned, welcome, welcome.now));
  }

  /** @returns why this gateway is obeyed no longer, null when it is. */
  told(succession: WireKeySuccession, now: number): string | null {
    return this.#take(holdSuccession(this.#pinned, succession, now));
  }

  #take(verdict: KeyVerdict): string | null {
    if (verdict.kind === 'refused') return verdict.sentence;
    if (verdict.kind === 'same') return null;
    const before = this.keyId;
    this.#pinned = verdict.pinned;
    this.#keys = keysOf(verdict.pinned);
    this.#log.info({ before, keyId: this.keyId }, 'the signing key of the server is pinned');
    const keeping = this.#keep(verdict.pinned)
      .catch((error) => {
        // The next start has the pin before this one, from which the server's chain leads here again.
        this.#log.error({ err: String(error) }, 'the pinned key could not be written');
      })
      .then(() => {
        if (this.#keeping === keeping) this.#keeping = null;
      });
    this.#keeping = keeping;
    return null;
  }
}

const keysOf = ({ key, former }: PinnedKeys): TrustedKey[] => {
  if (key === null) return [];
  const trusted = (spki: string, until: number | null): TrustedKey => {
    const publicKey: KeyObject = publicKeyFrom(Buffer.from(spki, 'base64'));
    return { key: publicKey, keyId: keyIdOf(publicKey), until };
  };
  return [trusted(key, null), ...former.map((f) => trusted(f.key, f.until)).reverse()];
};
