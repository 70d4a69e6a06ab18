import { status } from '@grpc/grpc-js';
import { sentence } from '../core/sentences.ts';
import type { SignedSuccession } from '../core/succession.ts';
import { partAgent } from '../flow/greet.ts';
import type { AgentLinks } from '../ports/agent-links.ts';
import type { Queue } from '../ports/queue.ts';
import type { Order } from '../ports/store.ts';
import { type AgentCall, AgentSession, type SessionParts } from './agent-session.ts';
import type { Door } from './doors.ts';
import { helloRate } from './limits.ts';
import { type Refusal, refusalOfIdentity } from './receive-hello.ts';
import { SharedRate } from './shared-rate.ts';

export type BookParts = Omit<SessionParts, 'onGreeted' | 'onClosed' | 'onStranded'> & { queue: Queue };

/**
 * The streams that are open, and which of them is an agent's: the last that was let in. When an identity that has a
 * stream comes again, the door decides. At the local socket the newer one replaces the older; over TLS the older is asked
 * whether it lives (stream-epochs.ts): dead, it is replaced; alive, two machines use one identity, and both are cut off.
 */
export class SessionBook implements AgentLinks {
  readonly #parts: BookParts;
  readonly #byAgent = new Map<string, AgentSession>();
  readonly #all = new Set<AgentSession>();
  readonly #doorbells = new Map<AgentSession, () => void>();
  /** What is being written of agents that have left; a stop waits for it. */
  readonly #partings = new Set<Promise<void>>();
  readonly #hellos: SharedRate;

  constructor(parts: BookParts) {
    this.#parts = parts;
    this.#hellos = new SharedRate(parts.clock, helloRate);
  }

  /** A stream has come in by that door; it says who it is, or is let go. */
  open(call: AgentCall, door: Door): void {
    const session = new AgentSession(call, door, {
      ...this.#parts,
      onGreeted: (greeted, agentId) => this.#onGreeted(greeted, agentId),
      onClosed: (closed) => this.#onClosed(closed),
      onStranded: (agentId, orders) => this.#byAgent.get(agentId)?.takeOver(orders),
    });
    this.#all.add(session);
  }

  cancel(agentId: string, runIds: readonly string[]): void {
    this.#byAgent.get(agentId)?.cancel(runIds);
  }

  takes(agentId: string): boolean {
    return this.#byAgent.get(agentId)?.takes ?? false;
  }

  deliver(orders: readonly Order[]): void {
    for (const order of orders) this.#byAgent.get(order.run.agentId)?.takeOver([order]);
  }

  /** Tells every connected agent of a new signing key, before any order that it signs. */
  tellSuccession(succession: SignedSuccession): void {
    for (const session of this.#all) session.tellSuccession(succession);
  }

  /** Ends every certified stream that may be no longer, also one that still waits to be let in; each hears why. */
  cut(agentId: string): void {
    for (const session of this.#all) {
      const { door } = session;
      if (door.kind === 'certified' && door.certified.agentId === agentId) void this.#askAgain(session, door);
    }
  }

  /** How many agents are connected. */
  get connected(): number {
    return this.#byAgent.size;
  }

  drain(reconnectWithinMs: number): void {
    for (const session of this.#all) session.drain(reconnectWithinMs);
  }

  /** Resolves when what had to be written of agents that left is written. */
  async parted(): Promise<void> {
    await Promise.all(this.#partings);
  }

  async #askAgain(session: AgentSession, { certified }: Extract<Door, { kind: 'certified' }>): Promise<void> {
    const cut = { code: status.UNAUTHENTICATED, details: sentence('agent_cut', {}).text };
    try {
      const admitted = await this.#parts.identities?.admit(certified);
      if (admitted?.kind !== 'admitted') session.fail(admitted ? refusalOfIdentity(admitted) : cut);
    } catch {
      session.fail(cut);
    }
  }

  #onGreeted(session: AgentSession, agentId: string): Promise<Refusal | null> | Refusal | null {
    // The owner's own agents wait for nobody.
    if (session.door.kind === 'certified' && !this.#hellos.take(agentId)) {
      return { code: status.RESOURCE_EXHAUSTED, details: sentence('gateway_busy', {}).text };
    }
    const older = this.#byAgent.get(agentId);
    if (older && session.door.kind === 'certified') return this.#challenge(older, session, agentId);
    this.#replace(older, session, agentId);
    return null;
  }

  async #challenge(older: AgentSession, newer: AgentSession, agentId: string): Promise<Refusal | null> {
    if (older.isBeingAsked) {
      return { code: status.UNAVAILABLE, details: sentence('agent_being_replaced', {}).text };
    }
    if (await older.isAlive()) {
      const said = sentence('agent_twice', { name: older.name });
      this.#parts.log.error(
        { agent: agentId, peers: [older.peer, newer.peer] },
        'two machines use one identity',
      );
      const refusal = { code: status.PERMISSION_DENIED, details: said.text };
      // Both before the suspension is committed: that cuts what is left with a sentence that says less.
      older.fail(refusal);
      newer.fail(refusal);
      await this.#parts.identities?.suspend(
        agentId,
        `two machines used it at once, at ${older.peer} and ${newer.peer}`,
      );
      return refusal;
    }
    // Ended by itself meanwhile, as the newer one may have: nothing of it may be kept then.
    if (this.#all.has(newer)) this.#replace(this.#byAgent.get(agentId), newer, agentId);
    return null;
  }

  #replace(older: AgentSession | undefined, newer: AgentSession, agentId: string): void {
    this.#byAgent.set(agentId, newer);
    older?.close();
    this.#doorbells.set(
      newer,
      this.#parts.queue.onPush(agentId, () => newer.pump()),
    );
  }

  #onClosed(session: AgentSession): void {
    this.#all.delete(session);
    this.#doorbells.get(session)?.();
    this.#doorbells.delete(session);
    const { agentId } = session;
    if (agentId === null || this.#byAgent.get(agentId) !== session) return;
    this.#byAgent.delete(agentId);
    const parting = this.#giveUp(agentId)
      .catch((err: unknown) => {
        this.#parts.log.warn(
          { err, agent: agentId },
          'a parting agent could not be noted; the sweep does it',
        );
      })
      .finally(() => this.#partings.delete(parting));
    this.#partings.add(parting);
  }

  async #giveUp(agentId: string): Promise<void> {
    // A queue that is down gives back by itself at the agent's next take; the agent is gone all the same.
    await this.#parts.queue.giveBack(agentId).catch((err: unknown) => {
      this.#parts.log.warn({ err, agent: agentId }, 'the queue could not take back what was in flight');
    });
    if (!this.#byAgent.has(agentId)) await partAgent(this.#parts.store, agentId);
  }
}
