import { createHash, randomBytes } from 'node:crypto';
import { AlertSource } from '../core/alert.ts';
import type { AuditKind, AuditNote } from '../core/audit.ts';
import { serverActor } from '../core/audit.ts';
import type { Hook, ParkedMessage } from '../core/hook.ts';
import type { Roster } from '../core/policy/roster.ts';
import { type Sentence, sentence } from '../core/sentences.ts';
import type { Actor, Instant } from '../core/task.ts';
import type { Decided, Scope, Store, View } from '../ports/store.ts';
import { hooksMax, parkedShownMax } from './limits.ts';
import { adminRefusal } from './managed-agent.ts';

export interface HookWish {
  source: string;
  secret: string | null;
  home: Hook['home'];
  mapping: string | null;
  topic: string | null;
}

export type HookAdded =
  /** `token` stands nowhere else. */
  { kind: 'added'; hook: Hook; token: string } | { kind: 'refused'; sentence: Sentence };
export type HookRemoved = { kind: 'removed'; hook: Hook } | { kind: 'refused'; sentence: Sentence };

/** As long as a key: nobody guesses one of these, however many they may try. */
const tokenBytes = 32;
const idBytes = 4;

/** The addresses at which alerts come in: made, listed and removed by admins, and found by their tokens. */
export class Hooks {
  readonly #store: Store;
  readonly #roster: () => Roster;
  readonly #mappings: readonly string[];
  /** Hooks by their tokens' digests, as last read: every delivery asks, and they hardly ever change. */
  readonly #known = new Map<string, Hook>();
  #changes = 0;

  constructor(parts: { store: Store; roster: () => Roster; mappings: readonly string[] }) {
    this.#store = parts.store;
    this.#roster = parts.roster;
    this.#mappings = parts.mappings;
  }

  async add(by: Actor, wish: HookWish): Promise<HookAdded> {
    const no = adminRefusal(this.#roster(), by, 'add a hook') ?? this.#wishProblem(wish);
    if (no) return { kind: 'refused', sentence: no };
    // Read beside the commit: one more or less at the bound does no harm.
    if ((await this.#store.listHooks()).length >= hooksMax)
      return { kind: 'refused', sentence: sentence('hooks_too_many', { countMax: hooksMax }) };
    const token = randomBytes(tokenBytes).toString('base64url');
    const id = randomBytes(idBytes).toString('hex');
    return this.#change<HookAdded>({ hook: id }, ({ now }) => {
      const hook: Hook = {
        id,
        source: wish.source as AlertSource,
        tokenDigest: digestOf(token),
        secret: wish.secret,
        home: wish.home,
        mapping: wish.mapping,
        topic: wish.topic,
        by,
        createdAt: now,
        removedAt: null,
      };
      return {
        result: { kind: 'added', hook, token },
        writes: { hook, audit: [note('hook.add', hook, by)] },
      };
    });
  }

  async remove(by: Actor, id: string): Promise<HookRemoved> {
    const no = adminRefusal(this.#roster(), by, 'remove a hook');
    if (no) return { kind: 'refused', sentence: no };
    return this.#change<HookRemoved>({ hook: id }, ({ hook, now }) => {
      if (!hook || hook.removedAt !== null)
        return { result: { kind: 'refused', sentence: sentence('hook_gone', { id: id.slice(0, 40) }) } };
      const gone = { ...hook, removedAt: now as Instant };
      return {
        result: { kind: 'removed', hook: gone },
        writes: { hook: gone, audit: [note('hook.remove', gone, by)] },
      };
    });
  }

  list(): Promise<Hook[]> {
    return this.#store.listHooks();
  }

  parked(): Promise<ParkedMessage[]> {
    return this.#store.listParked(parkedShownMax);
  }

  /** By its digest, so that how long it takes says nothing of the token. */
  async find(token: string): Promise<Hook | null> {
    const digest = digestOf(token);
    const known = this.#known.get(digest);
    if (known) return known;
    const changes = this.#changes;
    const hook = await this.#store.hookByToken(digest);
    // Strangers' tokens are not kept, nor what a change may have made old while it was read.
    if (hook && changes === this.#changes) this.#known.set(digest, hook);
    return hook;
  }

  /** Ties the hook to its topic. @returns the topic that it has then: another's, where another was first. */
  bind(id: string, topic: string): Promise<string | null> {
    return this.#change<string | null>({ hook: id }, ({ hook }) => {
      if (!hook || hook.removedAt !== null || hook.topic !== null) return { result: hook?.topic ?? null };
      const bound = { ...hook, topic };
      return { result: topic, writes: { hook: bound, audit: [note('hook.bind', bound, serverActor)] } };
    });
  }

  /** All changes of hooks go through here: this server alone writes them, so what it knows is old only then. */
  async #change<T>(scope: Scope, decide: (view: View) => Decided<T>): Promise<T> {
    this.#forget();
    try {
      return await this.#store.change<T>(scope, decide);
    } finally {
      this.#forget();
    }
  }

  #forget(): void {
    this.#changes++;
    this.#known.clear();
  }

  #wishProblem({ source, mapping }: HookWish): Sentence | null {
    const sources = Object.values(AlertSource).filter((known) => known !== AlertSource.watch);
    if (!sources.some((known) => known === source))
      return sentence('hook_source_unknown', { source: source.slice(0, 40), sources });
    if (source !== AlertSource.generic) return null;
    if (mapping === null) return sentence('hook_mapping_missing', { mappings: [...this.#mappings] });
    return this.#mappings.includes(mapping) ? null : sentence('hook_mapping_unknown', { mapping });
  }
}

const digestOf = (token: string): string => createHash('sha256').update(token).digest('hex');

const note = (kind: AuditKind, { id, source, home, topic }: Hook, actor: Actor): AuditNote => ({
  kind,
  actor,
  task: null,
  run: null,
  digest: null,
  detail: { hook: id, source, channel: home ? `${home.surface}:${home.channel}` : null, topic },
});
