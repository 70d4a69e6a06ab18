import type { CertifiedAgent, Invite } from '../core/enrolment.ts';
import { invitesOpenMax } from '../core/limits.ts';
import type { Actor } from '../core/task.ts';
import { type Admitted, admit } from './admit.ts';
import type { EnrolmentParts } from './enrolment-parts.ts';
import { type Invited, type InviteWish, invite, type Withdrawn, withdraw } from './invite.ts';
import { type Joined, type JoinRequest, join } from './join.ts';
import type { Managed } from './managed-agent.ts';
import { RefusedJoins } from './refused-joins.ts';
import { relabel, rename } from './relabel.ts';
import { remove } from './remove-agent.ts';
import { type Renewed, renew } from './renew.ts';
import { resume, suspend, suspendNamed } from './suspend.ts';

/**
 * How machines become agents and stop being ones: what the gateway asks at a door, and what admins do. One file a
 * verb stands behind it.
 *
 * What every verb promises: it is committed when its promise resolves; a refusal is a sentence and has changed nothing.
 */
export class Enrolment {
  readonly #parts: EnrolmentParts;
  readonly #refused: RefusedJoins;
  readonly #cutListeners = new Set<(agentId: string) => void>();

  constructor(parts: EnrolmentParts) {
    this.#parts = parts;
    this.#refused = new RefusedJoins(parts);
  }

  /** The token is in this answer and nowhere else: only its secret's digest is kept. */
  invite(by: Actor, wish: InviteWish, eventId: string | null = null): Promise<Invited> {
    return invite(this.#parts, by, wish, eventId);
  }

  withdraw(by: Actor, inviteId: string): Promise<Withdrawn> {
    return withdraw(this.#parts, by, inviteId);
  }

  /** Those that are open, newest first. */
  invites(): Promise<Invite[]> {
    const { store, clock } = this.#parts;
    return store.openInvites(clock.now(), invitesOpenMax);
  }

  /** Spends a token. Older streams of an identity that was joined anew are cut. */
  async join(request: JoinRequest): Promise<Joined> {
    const outcome = await join(this.#parts, request);
    if (outcome.kind === 'refused') await this.#refused.noteJoin(request.peer, request.inviteId, outcome);
    else if (outcome.generation > 1) this.#cut(outcome.agentId);
    return outcome;
  }

  async renew(certified: CertifiedAgent, csr: Buffer): Promise<Renewed> {
    const outcome = await renew(this.#parts, certified, csr);
    if (outcome.kind === 'refused') await this.#refused.noteAgent(certified, outcome);
    return outcome;
  }

  /** Whether a stream with that certificate may be, asked at its start; `onCut` tells when it may be no longer. */
  async admit(certified: CertifiedAgent): Promise<Admitted> {
    const outcome = await admit(this.#parts.store, certified);
    if (outcome.kind === 'refused') await this.#refused.noteAgent(certified, outcome);
    return outcome;
  }

  async remove(by: Actor, name: string): Promise<Managed> {
    return this.#cutting(await remove(this.#parts, by, name));
  }

  /** @param detail what happened, as a clause of a sentence without its stop: "Two machines used it at once". */
  async suspend(agentId: string, detail: string): Promise<void> {
    if (await suspend(this.#parts.store, agentId, detail)) this.#cut(agentId);
  }

  /** As an admin wishes. */
  async suspendNamed(by: Actor, name: string, reason: string | null): Promise<Managed> {
    return this.#cutting(await suspendNamed(this.#parts, by, name, reason));
  }

  resume(by: Actor, name: string): Promise<Managed> {
    return resume(this.#parts, by, name);
  }

  relabel(by: Actor, name: string, labels: Record<string, string>): Promise<Managed> {
    return relabel(this.#parts, by, name, labels);
  }

  rename(by: Actor, name: string, newName: string): Promise<Managed> {
    return rename(this.#parts, by, name, newName);
  }

  /** Calls back after a commit by which an agent's streams may be no longer. Returns the function that ends it. */
  onCut(listener: (agentId: string) => void): () => void {
    this.#cutListeners.add(listener);
    return () => this.#cutListeners.delete(listener);
  }

  #cutting(outcome: Managed): Managed {
    if (outcome.kind === 'done') this.#cut(outcome.agent.id);
    return outcome;
  }

  #cut(agentId: string): void {
    for (const listener of this.#cutListeners) listener(agentId);
  }
}
