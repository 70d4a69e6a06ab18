import { z } from 'zod';
import type { Agent } from '../core/agent.ts';
import { resolveTargets } from '../core/target.ts';
import type { Desk } from '../flow/desk.ts';
import { askOrigin, onOf } from './ask-origin.ts';
import type { Errands } from './errands.ts';
import { previewNamesMax } from './limits.ts';
import { readForm } from './modal-form.ts';
import type { Submission } from './modals.ts';
import { renderAskModal } from './render-modals.ts';
import type { SlackWeb } from './web.ts';

export interface AskPreviewParts {
  desk: Pick<Desk, 'agents' | 'lookRefusal'>;
  errands: Errands;
  web: SlackWeb;
}

/**
 * Says in the window of a request what its fields come to, one update at a time for each window and the latest last.
 * An update carries no hash: the second of two quick changes still has that from before the first update, and would be
 * refused with `hash_conflict`.
 */
export class AskPreviews {
  readonly #parts: AskPreviewParts;
  /** What a window holds now, by its id, while an update of it is under way. */
  readonly #latest = new Map<string, Submission>();

  constructor(parts: AskPreviewParts) {
    this.#parts = parts;
  }

  /** Nothing is said to whoever may not look at the machines. */
  follow(changed: Submission): void {
    const { view, user } = changed;
    if (this.#parts.desk.lookRefusal({ surface: 'slack', id: user.id })) return;
    const { id } = view;
    const isUnderWay = this.#latest.has(id);
    this.#latest.set(id, changed);
    if (!isUnderWay) this.#parts.errands.run('a preview', (signal) => this.#catchUp(id, signal));
  }

  async #catchUp(id: string, signal: AbortSignal): Promise<void> {
    try {
      let told: Submission | undefined;
      for (let next = this.#latest.get(id); next && next !== told; next = this.#latest.get(id)) {
        await this.#tell(next, signal);
        told = next;
      }
    } finally {
      this.#latest.delete(id);
    }
  }

  async #tell({ view }: Submission, signal: AbortSignal): Promise<void> {
    const { request, machines } = readForm(view.state.values);
    const next = renderAskModal({
      request: request ?? '',
      machines,
      preview: previewWords(request ?? '', machines, await this.#parts.desk.agents()),
      context: askOrigin(view.private_metadata)?.context ?? null,
      metadata: view.private_metadata,
    });
    await this.#parts.web.call('views.update', { view_id: view.id, view: next }, z.object({}), signal);
  }
}

/** The count stands first: a name cut off at the end is no harm then. */
const previewWords = (request: string, machines: readonly string[], agents: readonly Agent[]): string => {
  const context = { threadAgentIds: [], channelAgentIds: [] };
  const resolution = resolveTargets(request, onOf(machines, agents), agents, context);
  if (resolution.kind !== 'resolved') return resolution.sentence.text;
  const { targets } = resolution;
  const offline = new Set(agents.filter(({ online }) => !online).map(({ id }) => id));
  const names = targets
    .slice(0, previewNamesMax)
    .map(({ agentId, name }) => (offline.has(agentId) ? `${name} (offline)` : name));
  const more = targets.length - names.length;
  const list = `${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  return targets.length === 1 ? `On ${list}` : `On ${targets.length} machines: ${list}`;
};
