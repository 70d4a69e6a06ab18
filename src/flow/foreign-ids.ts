import { serverActor } from '../core/audit.ts';
import type { Run } from '../core/run.ts';
import { RunState } from '../core/run.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Store } from '../ports/store.ts';
import { foreignIdsMax, noteKeysMax, noteWindowMs } from './limits.ts';
import { NoteWindows } from './note-windows.ts';

/** Ids longer than a run's are cut: what a stranger wrote into a queue is not kept whole. */
const idCharsMax = 64;

/**
 * Notes ids in an agent's queue that this server never put there. Nothing runs by them; somebody can write into the
 * queue, and people should know. Bounded, so that who can write there can't fill the log.
 */
export class ForeignIds {
  readonly #parts: { store: Store; clock: Clock; log: Log };
  readonly #windows: NoteWindows;

  constructor(parts: { store: Store; clock: Clock; log: Log }) {
    this.#parts = parts;
    const bounds = { notesMax: foreignIdsMax, windowMs: noteWindowMs, keysMax: noteKeysMax };
    this.#windows = new NoteWindows(parts.clock, bounds);
  }

  /** @param run that the id names, null for none. @returns why it can't have come from here, null when it can. */
  static reasonFor(agentId: string, run: Run | null): string | null {
    if (!run) return 'there is no such run';
    if (run.agentId !== agentId) return 'the run is of another agent';
    // Sent or ended ones are repeats, which the sweep and a crash make by themselves; nobody pushes a held one.
    return run.state === RunState.held ? 'the run waits for its wave' : null;
  }

  async note(agentId: string, id: string, run: Run | null, reason: string): Promise<void> {
    const noted = this.#windows.take(agentId);
    if (!noted) return;
    const { store, log } = this.#parts;
    const shownId = id.slice(0, idCharsMax);
    log.error(
      { agent: agentId, run: shownId, reason },
      'an id in the queue is none of ours; nothing runs by it',
    );
    const { leftOut } = noted;
    await store.change({}, () => ({
      result: undefined,
      writes: {
        audit: [
          {
            kind: 'queue.foreign',
            actor: serverActor,
            task: run?.task ?? null,
            run: shownId,
            digest: null,
            detail: { agent: agentId, reason, leftOut },
          },
        ],
      },
    }));
  }
}
