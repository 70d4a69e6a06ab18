import { type AuditNote, serverActor } from '../core/audit.ts';
import type { CertifiedAgent } from '../core/enrolment.ts';
import { networkOf } from '../core/network-of.ts';
import type { Instant } from '../core/task.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Store } from '../ports/store.ts';
import {
  refusedAgentNoteMs,
  refusedAgentsKept,
  refusedJoinsMax,
  refusedJoinsOfAllMax,
  refusedJoinsWindowMs,
} from './limits.ts';

/** What a stranger calls an invitation is kept only where it looks like one. */
const inviteIdPattern = /^[A-Za-z0-9-]{8,64}$/;

/** Without the port, which is another with every connection: by it one stranger would be many. */
const networkAt = (peer: string): string => networkOf(peer.replace(/:\d{1,5}$/, ''));

/**
 * Notes who was turned away: people who look for an attack want to see it. Bounded for each address and over all, so that
 * no stranger can fill the log or this server's memory.
 */
export class RefusedJoins {
  readonly #parts: { store: Store; clock: Clock; log: Log };
  #window = { since: Number.NEGATIVE_INFINITY, notes: 0, leftOut: 0, byNetwork: new Map<string, number>() };
  /** When a dead certificate was noted last, by agent, generation and code. */
  readonly #agentsNoted = new Map<string, Instant>();

  constructor(parts: { store: Store; clock: Clock; log: Log }) {
    this.#parts = parts;
  }

  async noteJoin(peer: string, inviteId: string, { code }: { code: string }): Promise<void> {
    this.#parts.log.warn({ peer, code }, 'a machine that wanted to join was turned away');
    const window = this.#windowNow();
    const network = networkAt(peer);
    const ofNetwork = window.byNetwork.get(network) ?? 0;
    if (ofNetwork >= refusedJoinsMax || window.notes >= refusedJoinsOfAllMax) {
      window.leftOut++;
      return;
    }
    window.notes++;
    window.byNetwork.set(network, ofNetwork + 1);
    const { leftOut } = window;
    window.leftOut = 0;
    const invite = inviteIdPattern.test(inviteId) ? inviteId : null;
    const detail = { peer, code, invite, leftOut };
    await this.#parts.store.change({}, () => ({
      result: undefined,
      writes: { audit: [noteOf('join.refused', detail)] },
    }));
  }

  async noteAgent({ agentId, generation }: CertifiedAgent, { code }: { code: string }): Promise<void> {
    const { clock, log } = this.#parts;
    log.warn({ agent: agentId, generation, code }, 'a certificate that is not good any more was turned away');
    const key = `${agentId} ${generation} ${code}`;
    const notedAt = this.#agentsNoted.get(key);
    if (notedAt !== undefined && clock.now() - notedAt < refusedAgentNoteMs) return;
    if (this.#agentsNoted.size >= refusedAgentsKept) this.#agentsNoted.clear();
    this.#agentsNoted.set(key, clock.now());
    await this.#parts.store.change({ agent: agentId }, ({ agent }) => {
      const detail = { agent: agent?.name ?? null, agentId, generation, code };
      return { result: undefined, writes: { audit: [noteOf('agent.refused', detail)] } };
    });
  }

  /** Addresses are forgotten with their window, and it holds no more of them than it holds notes. */
  #windowNow() {
    const now = this.#parts.clock.now();
    if (now - this.#window.since >= refusedJoinsWindowMs) {
      this.#window = { since: now, notes: 0, leftOut: this.#window.leftOut, byNetwork: new Map() };
    }
    return this.#window;
  }
}

const noteOf = (kind: 'join.refused' | 'agent.refused', detail: AuditNote['detail']): AuditNote => ({
  kind,
  actor: serverActor,
  task: null,
  run: null,
  digest: null,
  detail,
});
