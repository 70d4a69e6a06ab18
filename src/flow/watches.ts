import { Cron } from 'croner';
import type { Alert } from '../core/alert.ts';
import type { AuditNote } from '../core/audit.ts';
import { holdsOn, parseCondition } from '../core/condition.ts';
import { watchEveryMsMin, watchesMax } from '../core/limits.ts';
import { onBehalfOf } from '../core/policy/behind.ts';
import { isAtLeast, Role } from '../core/policy/role.ts';
import { identityOf, type Roster } from '../core/policy/roster.ts';
import { isTimeZone } from '../core/quiet-hours.ts';
import { agentNamePattern } from '../core/selector.ts';
import { type Sentence, sentence } from '../core/sentences.ts';
import { type Actor, type Instant, isTaskEnded, type Task, TaskState } from '../core/task.ts';
import type { Watch } from '../core/watch.ts';
import type { AlertIntake } from '../ports/alert-intake.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Service } from '../ports/service.ts';
import type { Store } from '../ports/store.ts';
import type { CarefulRedactor } from './careful-redactor.ts';
import type { Desk } from './desk.ts';
import { watchSweepMs } from './limits.ts';
import { Worker } from './worker.ts';

export type WatchWish = Pick<Watch, 'name' | 'request' | 'on' | 'cron' | 'timezone' | 'condition' | 'home'>;
export type WatchOutcome = { kind: 'done'; watch: Watch } | { kind: 'refused'; sentence: Sentence };

/**
 * Watches: asked when their time has come, one task at a time each, by the schedule and so under the rules for schedules.
 * Which server asks is decided by the commit that moves the next time on: the other finds it moved.
 */
export class Watches {
  readonly #parts: WatchParts;
  readonly worker: Service;

  constructor(parts: WatchParts) {
    this.#parts = parts;
    const worker = new Worker({
      ...parts,
      name: 'watch',
      sweepMs: watchSweepMs,
      pass: async () => {
        for (const watch of await parts.store.listWatches()) await this.#look(watch);
      },
    });
    parts.store.onCommit(({ tasks }) => {
      for (const task of tasks) if (this.#open.has(task)) worker.wake();
    });
    this.worker = worker;
  }

  readonly #open = new Set<number>();

  list(): Promise<Watch[]> {
    return this.#parts.store.listWatches();
  }

  async add(by: Actor, wish: WatchWish): Promise<WatchOutcome> {
    const no = this.#refusal(by, 'add') ?? problemOf(wish);
    if (no) return { kind: 'refused', sentence: no };
    const { store, redactor } = this.#parts;
    const request = redactor.redact(wish.request);
    if (request === null) return refused(sentence('text_withheld', {}));
    const others = await store.listWatches();
    if (others.length >= watchesMax) return refused(sentence('watches_too_many', { max: watchesMax }));
    return store.change<WatchOutcome>({ watch: wish.name }, ({ watch: known, now }) => {
      if (known && known.removedAt === null) return { result: refused(sentence('watch_exists', wish)) };
      const nextAt = nextTime(wish, now);
      if (nextAt === null) return { result: refused(sentence('watch_never', wish)) };
      const watch: Watch = {
        ...wish,
        request,
        by,
        createdAt: now,
        removedAt: null,
        nextAt,
        task: null,
        says: null,
      };
      return { result: { kind: 'done', watch }, writes: { watch, audit: [noteOf('watch.add', by, watch)] } };
    });
  }

  async remove(by: Actor, name: string): Promise<WatchOutcome> {
    const no = this.#refusal(by, 'remove');
    if (no) return { kind: 'refused', sentence: no };
    return this.#parts.store.change<WatchOutcome>({ watch: name }, ({ watch, now }) => {
      if (!watch || watch.removedAt !== null) return { result: refused(sentence('watch_unknown', { name })) };
      const gone = { ...watch, removedAt: now };
      return {
        result: { kind: 'done', watch: gone },
        writes: { watch: gone, audit: [noteOf('watch.remove', by, gone)] },
      };
    });
  }

  async #look(watch: Watch): Promise<void> {
    if (watch.task !== null) {
      this.#open.add(watch.task);
      const record = await this.#parts.store.getTask(watch.task);
      if (record && !isTaskEnded(record.task.state)) return;
      if (record) await this.#tell(watch, record.task);
      this.#open.delete(watch.task);
    }
    if (this.#parts.clock.now() >= watch.nextAt) await this.#ask(watch);
  }

  /** The task first, under an id that two servers share; then the watch: who loses the second has asked nothing new. */
  async #ask({ name, request, on, nextAt, by }: Watch): Promise<void> {
    const outcome = await this.#parts.desk.ask({
      ...{ request, on },
      asker: { kind: 'schedule', surface: 'schedule', id: onBehalfOf(name, by), name: `the watch "${name}"` },
      place: { surface: 'schedule', channel: 'watch', thread: `watch-${name}` },
      eventId: `watch ${name} ${nextAt}`,
    });
    // From here on its end wakes the worker; one that has ended by now is found by the next pass.
    if (outcome.kind === 'done') this.#open.add(outcome.card.task);
    await this.#parts.store.change({ watch: name }, ({ watch, now }) => {
      if (!watch || watch.nextAt !== nextAt || watch.removedAt !== null) return { result: undefined };
      const next = nextTime(watch, now) ?? Number.MAX_SAFE_INTEGER;
      const task = outcome.kind === 'done' ? outcome.card.task : null;
      const says = outcome.kind === 'done' ? watch.says : outcome.sentence.text;
      return { result: undefined, writes: { watch: { ...watch, nextAt: next, task, says } } };
    });
  }

  /** What was read becomes alerts by the same way as everybody's; a machine that says nothing changes nothing. */
  async #tell(watch: Watch, task: Task): Promise<void> {
    const condition = parseCondition(watch.condition);
    const alerts: Alert[] = [];
    const says: string[] = [];
    if (task.state !== TaskState.done || !task.answer || task.answer.reader === 'model' || !condition) {
      says.push(`#${task.number} was ${task.state}: ${task.sentence?.text ?? 'no runbook read its output'}`);
    } else {
      for (const host of task.answer.hosts) {
        const held = holdsOn(condition, host);
        says.push(`${host.agentName}: ${held.kind === 'unknown' ? 'nothing to compare' : held.by}`);
        if (held.kind !== 'unknown')
          alerts.push(alertOf(watch, host.agentName, held.kind === 'holds', held.by));
      }
    }
    const id = `${watch.name} ${watch.createdAt} ${task.number}`;
    if (alerts.length > 0) {
      const raw = JSON.stringify(task.answer?.hosts ?? []);
      const kept = await this.#parts.intake.receive(alerts, {
        via: 'watch',
        source: 'watch',
        id,
        raw,
        home: watch.home,
      });
      if (kept.kind === 'busy') return;
    }
    await this.#parts.store.change({ watch: watch.name }, ({ watch: now }) =>
      now?.task === task.number
        ? { result: undefined, writes: { watch: { ...now, task: null, says: says.join('; ') } } }
        : { result: undefined },
    );
  }

  #refusal({ surface, id }: Actor, verb: string): Sentence | null {
    const identity = identityOf({ surface, id });
    const role = this.#parts.roster().roleOf(identity);
    if (isAtLeast(role, Role.operator)) return null;
    return sentence('role_missing', { identity, role, needed: Role.operator, verb });
  }
}

export interface WatchParts {
  store: Store;
  desk: Pick<Desk, 'ask'>;
  intake: AlertIntake;
  roster: () => Roster;
  redactor: CarefulRedactor;
  clock: Clock;
  log: Log;
}

const refused = (why: Sentence): WatchOutcome => ({ kind: 'refused', sentence: why });

const nextTime = ({ cron, timezone }: Pick<Watch, 'cron' | 'timezone'>, after: Instant): Instant | null =>
  new Cron(cron, { timezone, paused: true }).nextRun(new Date(after))?.getTime() ?? null;

const problemOf = (wish: WatchWish): Sentence | null => {
  const { name, timezone, condition, cron } = wish;
  if (!agentNamePattern.test(name)) return sentence('watch_name', { name });
  if (!isTimeZone(timezone)) return sentence('watch_timezone', { timezone });
  if (!parseCondition(condition)) return sentence('watch_condition', { condition });
  try {
    const times = new Cron(cron, { timezone, paused: true }).nextRuns(2).map((t) => t.getTime());
    const [first, second] = times;
    if (first !== undefined && second !== undefined && second - first < watchEveryMsMin) {
      return sentence('watch_too_often', { seconds: watchEveryMsMin / 1_000 });
    }
  } catch (err) {
    return sentence('watch_cron', { cron, reason: err instanceof Error ? err.message : String(err) });
  }
  return null;
};

const alertOf = (watch: Watch, machine: string, isFiring: boolean, by: string): Alert => ({
  source: 'watch',
  key: `${watch.name} ${machine}`,
  group: `${watch.name} ${machine}`,
  status: isFiring ? 'firing' : 'resolved',
  title: `${watch.name}: ${watch.condition}`,
  summary: by,
  severity: 'warning',
  level: 'warning',
  startsAt: null,
  endsAt: null,
  labels: { watch: watch.name, machine },
  annotations: {},
  machines: [{ kind: 'name', value: machine, from: 'the watch' }],
  link: null,
  value: null,
});

const noteOf = (kind: 'watch.add' | 'watch.remove', actor: Actor, watch: Watch): AuditNote => ({
  kind,
  actor,
  task: null,
  run: null,
  digest: null,
  detail: { watch: watch.name, request: watch.request, cron: watch.cron, condition: watch.condition },
});
