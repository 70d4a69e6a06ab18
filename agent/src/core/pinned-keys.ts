import type { WireKeySuccession } from '../../../proto/agent-stream.ts';
import { formerKeyMs } from '../../../src/core/limits.ts';
import { publicKeyFrom } from '../../../src/core/order.ts';
import { followSuccessions } from '../../../src/core/succession.ts';

/** Whom this agent obeys, as it is kept. Null before the first welcome. */
export interface PinnedKeys {
  serverId: string | null;
  /** SPKI of the server's signing key, in base64. */
  key: string | null;
  /** Keys that it followed on from, for orders that they signed before. */
  former: { key: string; until: number }[];
}

/** What a gateway shows of itself. */
export interface ShownKeys {
  serverId: string;
  /** SPKI. */
  signingKey: Buffer;
  successions: readonly WireKeySuccession[];
}

/** `same` leaves what is kept as it is; `refused` ends the stream with the sentence. */
export type KeyVerdict =
  | { kind: 'same' }
  | { kind: 'moved'; pinned: PinnedKeys }
  | { kind: 'refused'; sentence: string };

const refused = (sentence: string): KeyVerdict => ({ kind: 'refused', sentence });

const otherKey = (why: string): KeyVerdict =>
  refused(
    `The gateway signs with another key than the one this agent trusts${why}, so it is not obeyed. If the server was set up anew on purpose, start this agent with a new --data directory.`,
  );

/**
 * Holds what a gateway shows against what is pinned. An agent that has pinned nothing pins what it is shown; one that
 * has follows the pinned key's own word to the next one, over any number of rotations, and nothing else. Pure.
 *
 * @param now the server's clock; former keys that can vouch for nothing any more are forgotten by it.
 */
export const holdAgainst = (pinned: PinnedKeys, shown: ShownKeys, now: number): KeyVerdict => {
  const { serverId, signingKey } = shown;
  const key = signingKey.toString('base64');
  if (!isKey(signingKey)) {
    return refused(
      'The gateway sent no usable signing key, so it is not obeyed. Check that agent and server fit together.',
    );
  }
  if (pinned.key === null) return { kind: 'moved', pinned: { serverId, key, former: [] } };
  if (pinned.serverId !== null && pinned.serverId !== serverId) {
    return otherKey(`, and says that it is the server ${serverId}`);
  }
  // A version before rotation pinned no server's id.
  if (pinned.key === key) {
    return pinned.serverId === null ? { kind: 'moved', pinned: { ...pinned, serverId } } : { kind: 'same' };
  }
  return follow({ ...pinned, serverId, key: pinned.key }, shown.successions, key, now);
};

/** Follows a rotation that is told on an open stream. One that this agent has followed already changes nothing. */
export const holdSuccession = (
  pinned: PinnedKeys,
  succession: WireKeySuccession,
  now: number,
): KeyVerdict => {
  const { serverId, key } = pinned;
  if (serverId === null || key === null) return refused('A gateway told of a new key before it was welcome.');
  return follow({ ...pinned, serverId, key }, [succession], null, now);
};

/** @param wanted the key that the chain must lead to; null for wherever it leads. */
const follow = (
  pinned: PinnedKeys & { serverId: string; key: string },
  chain: readonly WireKeySuccession[],
  wanted: string | null,
  now: number,
): KeyVerdict => {
  const from = { publicKey: Buffer.from(pinned.key, 'base64'), since: 0 };
  const followed = followSuccessions(from, chain, pinned.serverId);
  if (!followed.ok) return otherKey(` (${followed.reason})`);
  const { keys } = followed;
  const last = keys.at(-1)?.publicKey.toString('base64') ?? '';
  if (wanted !== null && last !== wanted) return otherKey('');
  if (keys.length === 1) return { kind: 'same' };
  const left = keys.slice(0, -1).map((k) => ({ key: k.publicKey.toString('base64'), until: k.until ?? 0 }));
  const former = [...pinned.former, ...left].filter((k) => now <= k.until + formerKeyMs);
  return { kind: 'moved', pinned: { serverId: pinned.serverId, key: last, former } };
};

const isKey = (spki: Buffer): boolean => {
  try {
    publicKeyFrom(spki);
    return true;
  } catch {
    return false;
  }
};
