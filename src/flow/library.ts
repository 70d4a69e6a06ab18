import type { AuditNote } from '../core/audit.ts';
import type { KeepWish } from '../core/keep.ts';
import type { KeptRunbook, KeptVersion, RunbookUse } from '../core/kept-runbook.ts';
import { isKeeper } from '../core/may-keep.ts';
import { isAtLeast, Role } from '../core/policy/role.ts';
import { identityOf, type Roster } from '../core/policy/roster.ts';
import type { RunbookSummary } from '../core/runbook-summary.ts';
import { type Sentence, sentence } from '../core/sentences.ts';
import type { Actor } from '../core/task.ts';
import type { Log } from '../ports/log.ts';
import type { View } from '../ports/store.ts';
import type { ActOutcome } from './act.ts';
import type { Act } from './desk.ts';
import { type KeepParts, keep, keepForm } from './keep.ts';
import type { FormOutcome, RunbookDesk, RunbookLine, RunbookOutcome } from './runbook-desk.ts';

/**
 * The kept runbooks: what is in the store, and on the shelf what of it may be used.
 *
 * Modes: new; loaded from `load` on, which every change ends with. Until the first, only files are found.
 */
export class Library implements RunbookDesk {
  readonly #parts: KeepParts & { roster: Roster; log: Log };
  #loading: Promise<void> = Promise.resolve();

  constructor(parts: KeepParts & { roster: Roster; log: Log }) {
    this.#parts = parts;
  }

  /**
   * Puts on the shelf what is in use. What somebody wrote into the database is left out and told to the log: rules name
   * versions, so their text must be the one that was kept.
   */
  load(): Promise<void> {
    // One after another: a list that was read earlier must not be put over a later one.
    const load = this.#loading.catch(() => {}).then(() => this.#load());
    this.#loading = load;
    return load;
  }

  async #load(): Promise<void> {
    const { store, shelf, log } = this.#parts;
    const versions = await store.listKeptInUse();
    const proven: KeptVersion[] = [];
    for (const one of versions) {
      if (await this.#isAsLogged(one)) proven.push(one);
      else log.error({ runbook: one.name }, sentence('runbook_altered', one).text);
    }
    for (const problem of shelf.put(proven)) log.warn({}, `a kept runbook can't be used: ${problem}`);
  }

  form(task: number, by: Actor): Promise<FormOutcome> {
    return keepForm(this.#parts, task, by);
  }

  async keep(task: number, act: Act & { wish: KeepWish }): Promise<ActOutcome> {
    const outcome = await keep(this.#parts, task, act);
    if (outcome.kind === 'done') await this.load();
    return outcome;
  }

  summaries(): readonly RunbookSummary[] {
    return this.#parts.shelf.summaries();
  }

  async list(): Promise<RunbookLine[]> {
    const { store, shelf } = this.#parts;
    const [uses, kept] = await Promise.all([store.runbookUses(), store.listKeptRunbooks()]);
    const usesOf = ({ name, version }: Pick<RunbookSummary, 'name' | 'version'>): RunbookUse[] =>
      uses
        .filter((use) => use.name === name && (use.version === null) === (version === null))
        .sort((a, b) => (b.version ?? 0) - (a.version ?? 0));
    const found = shelf.summaries().map(
      (summary): RunbookLine => ({
        ...summary,
        uses: usesOf(summary),
        retiredAt: null,
        isBehindFile: false,
      }),
    );
    const isFound = ({ name }: KeptRunbook): boolean =>
      found.some((line) => line.version !== null && line.name === name);
    const others = kept
      .filter((one) => !isFound(one))
      .map((one): RunbookLine => {
        const { name, version, retiredAt } = one;
        const summary = { name, version, title: name, summary: '', examples: [] };
        return { ...summary, uses: usesOf(one), retiredAt, isBehindFile: shelf.hasFile(name) };
      });
    return [...found, ...others];
  }

  async show(name: string, version: number | null): Promise<RunbookOutcome> {
    const { store, shelf } = this.#parts;
    const versions = await store.listKeptVersions(name);
    const head = (await store.listKeptRunbooks()).find((one) => one.name === name);
    if (!head)
      return refused(sentence(shelf.hasFile(name) ? 'runbook_is_file' : 'runbook_unknown', { name }));
    const shown = versions.find((one) => one.version === (version ?? head.version));
    if (!shown) {
      const values = { name, version: version ?? head.version, latest: head.latest };
      return refused(sentence('runbook_version_unknown', values));
    }
    if (!(await this.#isAsLogged(shown))) return refused(sentence('runbook_altered', shown));
    return {
      kind: 'done',
      runbook: {
        name,
        inUse: head.retiredAt === null ? head.version : null,
        shown,
        versions: versions.map(({ version, digest, task, by, at }) => ({ version, digest, task, by, at })),
      },
    };
  }

  restore(by: Actor, name: string, version: number): Promise<RunbookOutcome> {
    return this.#change(by, name, 'restore', (head) => {
      if (version < 1 || version > head.latest) {
        return refused(sentence('runbook_version_unknown', { name, version, latest: head.latest }));
      }
      return { ...head, version, retiredAt: null };
    });
  }

  retire(by: Actor, name: string): Promise<RunbookOutcome> {
    return this.#change(by, name, 'retire', (head, { now }) =>
      head.retiredAt === null
        ? { ...head, retiredAt: now }
        : refused(sentence('runbook_retired_already', { name })),
    );
  }

  async #change(
    by: Actor,
    name: string,
    verb: 'restore' | 'retire',
    next: (head: KeptRunbook, view: View) => KeptRunbook | Refused,
  ): Promise<RunbookOutcome> {
    const { store, roster, shelf } = this.#parts;
    const no = refusalOf(roster, by, verb);
    if (no) return refused(no);
    const why = await store.change<Refused | null>({ keptRunbook: name }, (view) => {
      const head = view.keptRunbook;
      if (!head) {
        return {
          result: refused(sentence(shelf.hasFile(name) ? 'runbook_is_file' : 'runbook_unknown', { name })),
        };
      }
      const made = next(head, view);
      if ('kind' in made) return { result: made };
      const detail = { runbook: name, version: made.version };
      const note: AuditNote = {
        kind: `runbook.${verb}`,
        actor: by,
        task: null,
        run: null,
        digest: null,
        detail,
      };
      return { result: null, writes: { keptRunbook: made, audit: [note] } };
    });
    if (why) return why;
    await this.load();
    return this.show(name, null);
  }

  /** What was kept stands in its task's own part of the log, which nobody can write without the key. */
  #isAsLogged({ task, name, version, digest }: KeptVersion): Promise<boolean> {
    return this.#parts.store.change({ task }, ({ trail }) => ({
      result:
        trail?.ok === true &&
        trail.entries.some(
          (entry) =>
            entry.kind === 'task.keep' &&
            entry.digest === digest &&
            entry.detail.runbook === name &&
            entry.detail.version === version,
        ),
    }));
  }
}

type Refused = { kind: 'refused'; sentence: Sentence };
const refused = (why: Sentence): Refused => ({ kind: 'refused', sentence: why });

const refusalOf = (roster: Roster, by: Actor, verb: string): Sentence | null => {
  if (!isKeeper(by)) return sentence('keep_by_people', {});
  const identity = identityOf(by);
  const role = roster.roleOf(identity);
  return isAtLeast(role, Role.operator)
    ? null
    : sentence('role_missing', { identity, role, needed: Role.operator, verb });
};
