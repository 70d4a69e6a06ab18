import type { Agent } from '../core/agent.ts';
import type { Card } from '../core/card.ts';
import { isAtLeast, Role } from '../core/policy/role.ts';
import { identityOf } from '../core/policy/roster.ts';
import { type Sentence, sentence } from '../core/sentences.ts';
import type { Actor } from '../core/task.ts';
import type { AgentLinks } from '../ports/agent-links.ts';
import type { Clock } from '../ports/clock.ts';
import {
  type Committed,
  type OutputStream,
  type Post,
  PostPart,
  type Store,
  type TaskRecord,
} from '../ports/store.ts';
import type { ActOutcome } from './act.ts';
import { type ApproveAct, approve, noteRefusedYes } from './approve.ts';
import { ask } from './ask.ts';
import { agentsOf, cardFor } from './card-for.ts';
import type { CarefulRedactor } from './careful-redactor.ts';
import { choose, edit, reject } from './decide.ts';
import type { Act, Ask, CardFilter, Desk, DeskNews, GuardedAct, Outcome, Usage } from './desk.ts';
import type { Dispatcher } from './dispatch.ts';
import { awaitedOf, usageOf, type Who } from './for-person.ts';
import type { Library } from './library.ts';
import { noteKeysMax, noteWindowMs, refusedYesesMax } from './limits.ts';
import { NoteWindows } from './note-windows.ts';
import type { FormOutcome } from './runbook-desk.ts';
import { show } from './show.ts';
import type { Seal } from './sign-orders.ts';
import { cancel, continueWaves, stopWaves } from './stop-runs.ts';
import type { Terms } from './terms.ts';

/** The desk on the real parts: each verb is a commit, then what follows from it, then the card as it stands. */
export class Counter implements Desk {
  readonly #store: Store;
  readonly #terms: Terms;
  readonly #seal: Seal;
  readonly #dispatcher: Dispatcher;
  readonly #links: AgentLinks;
  readonly #postingSurfaces: { has(surface: string): boolean };
  readonly #redactor: CarefulRedactor;
  readonly #library: Pick<Library, 'form' | 'keep'>;
  readonly #refusedYeses: NoteWindows;
  readonly #clock: Clock;
  readonly #listeners = new Set<(news: DeskNews) => void>();
  #seq = 0;

  constructor(parts: {
    store: Store;
    terms: Terms;
    seal: Seal;
    dispatcher: Dispatcher;
    links: AgentLinks;
    /** Looked into at each request: the surfaces are made after the desk that they act at. */
    postingSurfaces: { has(surface: string): boolean };
    redactor: CarefulRedactor;
    library: Pick<Library, 'form' | 'keep'>;
    clock: Clock;
  }) {
    this.#store = parts.store;
    this.#terms = parts.terms;
    this.#seal = parts.seal;
    this.#dispatcher = parts.dispatcher;
    this.#links = parts.links;
    this.#postingSurfaces = parts.postingSurfaces;
    this.#redactor = parts.redactor;
    this.#library = parts.library;
    this.#clock = parts.clock;
    const bounds = { notesMax: refusedYesesMax, windowMs: noteWindowMs, keysMax: noteKeysMax };
    this.#refusedYeses = new NoteWindows(parts.clock, bounds);
    this.#store.onCommit((committed) => this.#tell(committed));
  }

  async ask(asked: Ask): Promise<Outcome> {
    const no = this.#refusal('ask', asked.asker);
    if (no) return no;
    const request = this.#redactor.redact(asked.request);
    const context = asked.context ? this.#redactor.redact(asked.context) : null;
    if (request === null || (asked.context && context === null)) return withheld;
    const posts = this.#postingSurfaces.has(asked.place.surface);
    const outcome = await ask(this.#store, { ...asked, request, context }, posts);
    return outcome.kind === 'refused' ? outcome : this.#done(outcome.task);
  }

  async approve(task: number, act: Parameters<Desk['approve']>[1]): Promise<Outcome> {
    const parts = { store: this.#store, terms: this.#terms, seal: this.#seal };
    const takes = (agentId: string): boolean => this.#links.takes(agentId);
    const outcome = await approve(parts, task, act, takes);
    if (outcome.kind === 'done') {
      this.#links.deliver(outcome.orders ?? []);
      // The order leaves at the end of this turn: the card, which takes longer to make, can wait for it.
      await new Promise((resolve) => setImmediate(resolve));
    } else await this.#noteRefused(task, act, outcome.sentence);
    return this.#afterPush(task, outcome);
  }

  async continue(task: number, act: Act): Promise<Outcome> {
    return (
      this.#refusal('continue', act.by) ??
      this.#afterPush(task, await continueWaves(this.#store, this.#terms.policy.roster, task, act))
    );
  }

  async cancel(task: number, act: Act): Promise<Outcome> {
    const no = this.#refusal('cancel', act.by);
    if (no) return no;
    const outcome = await cancel(this.#store, task, act);
    if (outcome.kind === 'refused') return outcome;
    for (const run of outcome.runs) this.#links.cancel(run.agentId, [run.id]);
    return this.#done(task);
  }

  async stop(task: number, act: Act): Promise<Outcome> {
    return this.#refusal('stop', act.by) ?? this.#after(task, await stopWaves(this.#store, task, act));
  }

  async reject(task: number, act: Parameters<Desk['reject']>[1]): Promise<Outcome> {
    const reason = act.reason && this.#redactor.text(act.reason);
    return (
      this.#refusal('reject', act.by) ??
      this.#after(task, await reject(this.#store, task, { ...act, reason }))
    );
  }

  async edit(task: number, act: Parameters<Desk['edit']>[1]): Promise<Outcome> {
    const no = this.#refusal('edit', act.by);
    if (no) return no;
    for (const { text } of act.texts) {
      const refusal = this.#redactor.refusalOf(text);
      if (refusal) return { kind: 'refused', sentence: refusal };
    }
    return this.#after(task, await edit(this.#store, this.#terms, task, act));
  }

  async choose(task: number, act: Parameters<Desk['choose']>[1]): Promise<Outcome> {
    return (
      this.#refusal('choose', act.by) ?? this.#after(task, await choose(this.#store, this.#terms, task, act))
    );
  }

  async keepForm(task: number, by: Actor): Promise<FormOutcome> {
    return this.#refusal('keep', by) ?? this.#library.form(task, by);
  }

  async keep(task: number, act: Parameters<Desk['keep']>[1]): Promise<Outcome> {
    return this.#refusal('keep', act.by) ?? this.#after(task, await this.#library.keep(task, act));
  }

  async show(task: number, act: Parameters<Desk['show']>[1]): Promise<Outcome> {
    const no = this.#refusal('show', act.by, Role.viewer);
    if (no) return no;
    const outcome = await show(this.#store, task, act, this.#postingSurfaces.has(act.place.surface));
    return outcome.kind === 'refused' ? outcome : this.#done(task);
  }

  lookRefusal(who: Who): Sentence | null {
    return this.#roleRefusal('look at', who, Role.viewer);
  }

  async card(task: number): Promise<Card | null> {
    const record = await this.#store.getTask(task);
    if (!record) return null;
    const card = cardFor(this.#terms, record, await agentsOf(this.#store, record));
    const posts = await this.#store.listPosts({ kind: 'task', number: task });
    return { ...card, notices: [...card.notices, ...troublesOf(posts)] };
  }

  async cards(filter: CardFilter): Promise<Card[]> {
    const tasks = await this.#store.listTasks(filter);
    const found = await Promise.all(tasks.map((t) => this.#store.getTask(t.number)));
    return this.#cardsOf(found.filter((record) => record !== null));
  }

  async awaits(who: Who, limit: number): Promise<Card[]> {
    const parts = { store: this.#store, terms: this.#terms };
    return this.#cardsOf(await awaitedOf(parts, who, this.#clock.now(), limit));
  }

  usage(who: Who): Promise<Usage> {
    return usageOf(this.#store, this.#terms.policy.roster, who, this.#clock.now());
  }

  agents(): Promise<Agent[]> {
    return this.#store.listAgents();
  }

  async output(task: number, runId: string, stream: OutputStream, offset: number, bytesMax: number) {
    const run = await this.#store.getRun(runId);
    if (run?.task !== task) return null;
    const bytes = await this.#store.readOutput(runId, stream, offset, bytesMax);
    return stream === 'stdout'
      ? { bytes, total: run.stdoutBytes, cutAt: run.stdoutCutAt }
      : { bytes, total: run.stderrBytes, cutAt: run.stderrCutAt };
  }

  watch(listener: (news: DeskNews) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** An answer's words so far, for those who watch; nothing is stored of them. */
  tellWords(task: number, text: string): void {
    const nothing = { tasks: none, outputs: none, agents: noNames, incidents: none };
    this.#emit({ seq: this.#seq, ...nothing, words: { task, text } });
  }

  async #cardsOf(records: readonly TaskRecord[]): Promise<Card[]> {
    const agents = await agentsOf(this.#store, ...records);
    return records.map((record) => cardFor(this.#terms, record, agents));
  }

  #noteRefused(task: number, act: ApproveAct, why: Sentence): Promise<void> {
    const noted = this.#refusedYeses.take(`${task} ${identityOf(act.by)}`);
    return noted ? noteRefusedYes(this.#store, task, act, why, noted.leftOut) : Promise.resolve();
  }

  /** Who may only look, or not even that, is told so before anything is touched. */
  #refusal(
    verb: GuardedAct,
    by: Actor,
    needed: Role = Role.operator,
  ): Extract<Outcome, { kind: 'refused' }> | null {
    const no = this.#roleRefusal(verb, by, needed);
    return no && { kind: 'refused', sentence: no };
  }

  #roleRefusal(verb: string, { surface, id }: Who, needed: Role): Sentence | null {
    const identity = identityOf({ surface, id });
    const role = this.#terms.policy.roster.roleOf(identity);
    return isAtLeast(role, needed) ? null : sentence('role_missing', { identity, role, needed, verb });
  }

  #tell({ seq, tasks, outputs, agents, incidents }: Committed): void {
    this.#seq = seq;
    this.#emit({ seq, tasks, outputs, agents, incidents, words: null });
  }

  #emit(news: DeskNews): void {
    for (const listener of this.#listeners) listener(news);
  }

  async #afterPush(task: number, outcome: ActOutcome): Promise<Outcome> {
    if (outcome.kind === 'refused') return outcome;
    await this.#dispatcher.push(outcome.runs);
    return this.#done(task);
  }

  async #after(task: number, outcome: ActOutcome): Promise<Outcome> {
    return outcome.kind === 'refused' ? outcome : this.#done(task);
  }

  async #done(task: number): Promise<Outcome> {
    const card = await this.card(task);
    if (!card) throw new Error(`task ${task} was acted on and is not there`);
    return { kind: 'done', card };
  }
}

/** Where people might still look for a card that is not kept up to date there any more. */
const troublesOf = (posts: readonly Post[]): Sentence[] =>
  posts.flatMap(({ part, place: { surface, channel }, gone, refused }) => {
    if (part !== PostPart.card) return [];
    if (gone !== null) return [sentence('post_gone', { surface, channel, reason: gone })];
    return refused ? [sentence('post_refused', { surface, channel, reason: refused.reason })] : [];
  });

const none: ReadonlySet<number> = new Set();
const noNames: ReadonlySet<string> = new Set();
const withheld: Outcome = { kind: 'refused', sentence: sentence('text_withheld', {}) };
