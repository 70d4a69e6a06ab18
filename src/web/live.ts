import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { Card } from '../core/card.ts';
import { isTaskEnded, TaskState } from '../core/task.ts';
import type { AlertDesk } from '../flow/alert-desk.ts';
import type { Desk, DeskNews } from '../flow/desk.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import { incidentsView } from './incidents-view.ts';
import {
  liveAgentsMs,
  liveBeatMs,
  liveBufferBytesMax,
  liveChangesMax,
  liveClientsMax,
  liveFlushMs,
  liveIncidentsMs,
  liveRetryMs,
  liveWordsMax,
  pageTasksMax,
} from './limits.ts';
import { renderFragment } from './render.tsx';
import { renderIncidents } from './render-incidents.tsx';
import type { Threads } from './threads.ts';
import { type TaskView, taskView } from './view.ts';

export interface LiveOptions {
  desk: Desk;
  alerts: AlertDesk;
  threads: Threads;
  clock: Clock;
  log: Log;
}

/** What a browser says when its stream begins. */
export interface LiveReader {
  /** The sequence of the last change that it shows, null when it doesn't know. */
  since: number | null;
  /** From the page's address of the stream: proves that `since` was said by this very process. */
  page: string | null;
  /** Asked at every beat; false ends the stream (the session is over). */
  mayStay: () => boolean;
}

interface Client extends LiveReader {
  raw: ServerResponse;
}

/** Who gets a fragment: everyone, or only readers that have just come. */
type Readers = 'all' | Set<Client>;

/**
 * Pushes to every open console what has changed: whole fragments, rendered from the card as it is now, so that a
 * fragment that was missed or came twice does no harm.
 *
 * Modes: started (watching the desk) and stopped. Within started, at most one flush is under way; what changes
 * meanwhile waits for the next one, so that fragments of one task leave in the order of their making.
 */
export class LiveHub {
  readonly #options: LiveOptions;
  readonly #clients = new Set<Client>();
  /** This process's own name, since sequences alone don't say who has seen what. */
  readonly page = randomUUID();
  #seq = 0;
  /** The first sequence from which on every change is known here; null until there was one. */
  #knownFrom: number | null = null;
  /** The sequence of each task's last change. What was pushed out of it was at or before `#forgotten`. */
  readonly #changes = new Map<number, number>();
  #forgotten = -1;
  readonly #dirty = new Map<number, Readers>();
  readonly #words = new Map<number, string>();
  readonly #open = new Set<number>();
  #online = new Map<string, boolean>();
  #agentsDirty = false;
  #agentsAt = 0;
  #incidentsDirty = false;
  #incidentsAt = 0;
  #flushedAt = 0;
  #flushing: Promise<void> | null = null;
  #stops: (() => void)[] = [];
  #cancelFlush: (() => void) | null = null;
  #stopped = false;

  constructor(options: LiveOptions) {
    this.#options = options;
  }

  /** The sequence of the last change, for a page that is rendered after this was read. */
  get seq(): number {
    return this.#seq;
  }

  start(): void {
    this.#stops.push(this.#options.desk.watch((news) => this.#hear(news)));
    this.#beat();
  }

  /** Ends every stream. Safe to call twice. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const stop of this.#stops.splice(0)) stop();
    this.#cancelFlush?.();
    for (const client of this.#clients) client.raw.end();
    this.#clients.clear();
    await this.#flushing;
  }

  /** A card with what is shown beside it, as every route and the stream show it. */
  async view(card: Card): Promise<TaskView> {
    const { desk, threads, clock } = this.#options;
    if (isTaskEnded(card.state)) this.#open.delete(card.task);
    else this.#open.add(card.task);
    if (card.state !== TaskState.answering) this.#words.delete(card.task);
    const root = await threads.rootOf(card);
    return taskView(desk, card, root, this.#words.get(card.task) ?? null, clock.now());
  }

  /** Takes over a response as a live stream. False when there are too many already; nothing was written then. */
  async attach(raw: ServerResponse, headers: Record<string, string>, reader: LiveReader): Promise<boolean> {
    if (this.#stopped || this.#clients.size >= liveClientsMax) return false;
    const client: Client = { ...reader, raw };
    raw.writeHead(200, { ...headers, 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    raw.write(`retry: ${liveRetryMs}\n\n`);
    this.#clients.add(client);
    raw.on('close', () => this.#clients.delete(client));
    raw.on('error', () => this.#clients.delete(client));
    try {
      for (const task of await this.#missedBy(client)) this.#mark(task, new Set([client]));
    } catch (error) {
      this.#options.log.warn(
        { err: error },
        'a live stream could not be brought up to date; it is told to come back',
      );
      this.#drop(client);
    }
    this.#agentsDirty = true;
    this.#incidentsDirty = true;
    this.#plan();
    return true;
  }

  /** Tasks that a reader may have in an older state; every one on a page when nobody can tell. */
  async #missedBy({ since, page }: Client): Promise<number[]> {
    const said =
      page === this.page || (this.#knownFrom !== null && since !== null && since >= this.#knownFrom);
    if (since !== null && said && since >= this.#forgotten) {
      const changed = [...this.#changes].filter(([, seq]) => seq > since).map(([task]) => task);
      return [...new Set([...changed, ...this.#open])];
    }
    const cards = await this.#options.desk.cards({ limit: pageTasksMax });
    return cards.map((card) => card.task).reverse();
  }

  #hear(news: DeskNews): void {
    this.#seq = Math.max(this.#seq, news.seq);
    this.#knownFrom ??= news.seq;
    for (const task of news.tasks) {
      this.#changes.delete(task);
      this.#changes.set(task, news.seq);
      this.#mark(task, 'all');
    }
    for (const task of news.outputs) this.#mark(task, 'all');
    if (news.words) {
      this.#words.delete(news.words.task);
      this.#words.set(news.words.task, news.words.text);
      const eldest = this.#words.keys().next().value;
      if (this.#words.size > liveWordsMax && eldest !== undefined) this.#words.delete(eldest);
      this.#mark(news.words.task, 'all');
    }
    if (news.agents.size > 0) this.#agentsDirty = true;
    if (news.incidents.size > 0) this.#incidentsDirty = true;
    for (const [task, seq] of this.#changes) {
      if (this.#changes.size <= liveChangesMax) break;
      this.#changes.delete(task);
      this.#forgotten = seq;
    }
    this.#plan();
  }

  #mark(task: number, readers: Readers): void {
    const before = this.#dirty.get(task);
    if (readers === 'all' || before === 'all') this.#dirty.set(task, 'all');
    else this.#dirty.set(task, before ? new Set([...before, ...readers]) : readers);
  }

  /** Plans the next flush: at once when the last is long enough ago, and never two at a time. */
  #plan(): void {
    if (this.#stopped || this.#cancelFlush || this.#flushing) return;
    const now = this.#options.clock.now();
    const due = [
      ...(this.#dirty.size > 0 ? [this.#flushedAt + liveFlushMs] : []),
      ...(this.#agentsDirty ? [this.#agentsAt + liveAgentsMs] : []),
      ...(this.#incidentsDirty ? [this.#incidentsAt + liveIncidentsMs] : []),
    ];
    if (due.length === 0) return;
    this.#cancelFlush = this.#options.clock.after(Math.max(0, Math.min(...due) - now), () => {
      this.#cancelFlush = null;
      this.#flushing = this.#flush().finally(() => {
        this.#flushing = null;
        this.#plan();
      });
    });
  }

  async #flush(): Promise<void> {
    const { clock, log } = this.#options;
    const seq = this.#seq;
    this.#flushedAt = clock.now();
    const dirty = [...this.#dirty];
    this.#dirty.clear();
    const agents = this.#agentsDirty && clock.now() >= this.#agentsAt + liveAgentsMs;
    const incidents = this.#incidentsDirty && clock.now() >= this.#incidentsAt + liveIncidentsMs;
    try {
      if (agents) await this.#flushAgents();
      if (incidents) await this.#flushIncidents();
      while (dirty.length > 0) {
        const [task, readers] = dirty[0] as [number, Readers];
        // The sequence goes with the last fragment only: a reader that is cut off in the middle asks for all of them.
        await this.#send(task, readers, dirty.length === 1 ? seq : null);
        dirty.shift();
      }
    } catch (error) {
      log.warn({ err: error }, 'live updates could not be read; they are tried again');
      for (const [task, readers] of dirty) this.#mark(task, readers);
      // Once more than needed does no harm.
      this.#agentsDirty ||= agents;
      this.#incidentsDirty ||= incidents;
    }
  }

  async #send(task: number, readers: Readers, seq: number | null): Promise<void> {
    const to = [...this.#clients].filter((client) => readers === 'all' || readers.has(client));
    if (to.length === 0) return;
    const card = await this.#options.desk.card(task);
    if (!card) return;
    const html = renderFragment.task(await this.view(card));
    for (const client of to) this.#write(client, eventOf(html, seq));
  }

  async #flushAgents(): Promise<void> {
    const { desk, clock } = this.#options;
    this.#agentsDirty = false;
    this.#agentsAt = clock.now();
    const agents = await desk.agents();
    const changed = agents.some((a) => (this.#online.get(a.id) ?? a.online) !== a.online);
    this.#online = new Map(agents.map((a) => [a.id, a.online]));
    // A card that waits for a machine shows whether it is there, and no change of the task says so.
    if (changed) for (const task of this.#open) this.#mark(task, 'all');
    const html = renderFragment.agents(agents, clock.now());
    for (const client of [...this.#clients]) this.#write(client, eventOf(html, null));
  }

  /** The list as a whole, so that one that was missed does no harm; whoever looks at one incident asks for it anew. */
  async #flushIncidents(): Promise<void> {
    const { alerts, clock } = this.#options;
    this.#incidentsDirty = false;
    this.#incidentsAt = clock.now();
    if (this.#clients.size === 0) return;
    const html = renderIncidents.list(await incidentsView(alerts, clock.now()));
    for (const client of [...this.#clients]) this.#write(client, eventOf(html, null));
  }

  #beat(): void {
    this.#stops.push(
      this.#options.clock.after(liveBeatMs, () => {
        this.#stops.pop();
        for (const client of [...this.#clients]) {
          if (client.mayStay()) this.#write(client, ': beat\n\n');
          else this.#drop(client);
        }
        this.#beat();
      }),
    );
  }

  #write(client: Client, text: string): void {
    if (!this.#clients.has(client)) return;
    client.raw.write(text);
    if (client.raw.writableLength > liveBufferBytesMax) this.#drop(client);
  }

  #drop(client: Client): void {
    this.#clients.delete(client);
    client.raw.destroy();
  }
}

/** One server-sent event. Source: HTML Standard, 9.2.6: a line ends at CR, LF or both, so none may be inside one. */
const eventOf = (html: string, seq: number | null): string => {
  const data = html
    .split(/\r\n|\r|\n/)
    .map((line) => `data: ${line}`)
    .join('\n');
  return `${seq === null ? '' : `id: ${seq}\n`}event: patch\n${data}\n\n`;
};
