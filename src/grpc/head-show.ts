import type { GatewayItem, WireHello, WireWitnessConflict } from '../../proto/agent-stream.ts';
import { type HeadConflict, holdRemembered, noteConflict, reportedConflict } from '../flow/witness.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Signer } from '../ports/signer.ts';
import type { Store } from '../ports/store.ts';
import { headEveryMs } from './limits.ts';
import { headOf, wireHeadOf } from './wire.ts';

interface Parts {
  store: Store;
  signer: Signer;
  serverId: string;
  clock: Clock;
  log: Log;
}

/**
 * Makes one agent a witness of the audit log: shows it where the log ends, and tells people when the log is not the one
 * that the agent remembers; once on each stream.
 */
export class HeadShow {
  readonly #parts: Parts;
  readonly #agent: { agentId: string; name: string };
  readonly #send: (item: GatewayItem) => void;
  #shownSeq = 0;
  #shownAt = Number.NEGATIVE_INFINITY;
  #isTold = false;

  constructor(parts: Parts, agent: { agentId: string; name: string }, send: (item: GatewayItem) => void) {
    this.#parts = parts;
    this.#agent = agent;
    this.#send = send;
  }

  /** Holds what the hello remembers against the log, then shows the log's end. */
  async greeted({ witness }: WireHello): Promise<void> {
    const kept = headOf(witness);
    const conflict = kept && (await holdRemembered(this.#parts, kept));
    if (conflict) await this.#tell(conflict);
    await this.show();
  }

  /** Shows the log's end when it has moved, and not too often. */
  async show(): Promise<void> {
    const now = this.#parts.clock.now();
    if (now - this.#shownAt < headEveryMs) return;
    this.#shownAt = now;
    const head = await this.#parts.store.signedHead();
    if (!head || head.seq === this.#shownSeq) return;
    this.#shownSeq = head.seq;
    this.#send({ auditHead: wireHeadOf(head) });
  }

  /** The agent was shown what contradicts what it keeps. Half a contradiction is none. */
  async reported(conflict: WireWitnessConflict): Promise<void> {
    const [kept, shown] = [headOf(conflict.kept), headOf(conflict.shown)];
    if (kept && shown) await this.#tell(reportedConflict(this.#parts, kept, shown));
  }

  async #tell(conflict: HeadConflict): Promise<void> {
    if (this.#isTold) return;
    this.#isTold = true;
    const { store, log } = this.#parts;
    const { kept, shown, isProven } = conflict;
    log.error(
      { agent: this.#agent.name, kept: kept.seq, shown: shown?.seq ?? null, proven: isProven },
      "the audit log is not the one that an agent was shown before: it was cut, rewritten or put back from an older copy; run `nerdy audit verify --witness` with that agent's witness.json",
    );
    await noteConflict(store, this.#agent, conflict);
  }
}
