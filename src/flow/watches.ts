import { Cron } from 'croner';
import type { Alert } from '../core/alert.ts';
import type { AuditNote } from '../core/audit.ts';
import { holdsOn, parseCondition } from '../core/condition.ts';
import type { IncidentPlace } from '../core/incident.ts';
import { IncidentState } from '../core/incident-card.ts';
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
import { closeIncident } from './close-incident.ts';
import { deliveryOf } from './delivery.ts';
import type { Desk } from './desk.ts';
import { incidentsLookedAt, watchSweepMs } from './limits.ts';
import { type ForecastParts, foresee, type WatchForecast } from './watch-forecast.ts';
import { Worker } from './worker.ts';

export type WatchWish = Pick<Watch, 'name' | 'request' | 'on' | 'cron' | 'timezone' | 'condition' | 'home'>;
type Refused = { kind: 'refused'; sentence: Sentence };
export type WatchOutcome = { kind: 'done'; watch: Watch } | Refused;
/** What would be added, and how its looks would go. */
export type WatchPlan = { kind: 'planned'; watch: Watch; forecast: WatchForecast } | Refused;
/** `ended`: the incidents that were open of it, and are closed now. */
export type WatchGone = { kind: 'done'; watch: Watch; ended: number[] } | Refused;

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
        if (!this.#hasTidied) await this.#closeUnwatched();
        this.#hasTidied = true;
        for (const watch of await parts.store.listWatches()) {
          try {
            await this.#look(watch);
          } catch (err) {
            // Its time stays as it is, so the next pass looks again; the others' has come too.
            parts.log.error({ err, watch: watch.name }, 'a watch could not be looked at');
          }
        }
      },
    });
    parts.store.onCommit(({ tasks }) => {
      for (const task of tasks) if (this.#open.has(task)) worker.wake();
    });
    this.worker = worker;
  }

  readonly #open = new Set<number>();
  /** Once in a life: an earlier one may have died between the end of a watch and that of its incidents. */
  #hasTidied = false;

  /** Where what it raises can be told: nowhere on a surface that posts nothing. */
  homeIn(place: IncidentPlace): IncidentPlace | null {
    return this.#parts.postingSurfaces.has(place.surface) ? place : null;
  }

  list(): Promise<Watch[]> {
    return this.#parts.store.listWatches();
  }

  /** What `add` would do now. Nothing is stored. */
  async plan(by: Actor, wish: WatchWish): Promise<WatchPlan> {
    const no = this.#refusal(by, 'add') ?? problemOf(wish);
    if (no) return refused(no);
    const { store, redactor, clock } = this.#parts;
    const request = redactor.redact(wish.request);
    if (request === null) return refused(sentence('text_withheld', {}));
    const others = await store.listWatches();
    if (others.some((other) => other.name === wish.name)) return refused(sentence('watch_exists', wish));
    if (others.length >= watchesMax) return refused(sentence('watches_too_many', { max: watchesMax }));
    const watch = watchFrom({ ...wish, request }, by, clock.now());
    if (!watch) return refused(sentence('watch_never', wish));
    return { kind: 'planned', watch, forecast: await foresee(this.#parts, watch, by) };
  }

  /** @param eventId the delivery's own unique id, so that a redelivery adds once; null where there is none. */
  async add(by: Actor, wish: WatchWish, eventId: string | null = null): Promise<WatchOutcome> {
    const no = this.#refusal(by, 'add') ?? problemOf(wish);
    if (no) return refused(no);
    const { store, redactor } = this.#parts;
    const request = redactor.redact(wish.request);
    if (request === null) return refused(sentence('text_withheld', {}));
    const others = await store.listWatches();
    if (others.length >= watchesMax) return refused(sentence('watches_too_many', { max: watchesMax }));
    const scope = { watch: wish.name, ...deliveryOf({ eventId }) };
    return store.change<WatchOutcome>(scope, ({ watch: known, seenEventTask, now }) => {
      if (known && known.removedAt === null) {
        return { result: seenEventTask === null ? refused(sentence('watch_exists', wish)) : done(known) };
      }
      const watch = watchFrom({ ...wish, request }, by, now);
      if (!watch) return { result: refused(sentence('watch_never', wish)) };
      const writes = { watch, audit: [noteOf('watch.add', by, watch)] };
      return { result: done(watch), writes: { ...writes, ...(eventId === null ? {} : { eventTask: 0 }) } };
    });
  }

  /** What it had raised is closed: nobody looks any more. @param eventId as of `add`. */
  async remove(by: Actor, name: string, eventId: string | null = null): Promise<WatchGone> {
    const no = this.#refusal(by, 'remove');
    if (no) return refused(no);
    const scope = { watch: name, ...deliveryOf({ eventId }) };
    const gone = await this.#parts.store.change<WatchOutcome>(scope, ({ watch, seenEventTask, now }) => {
      if (watch && watch.removedAt !== null && seenEventTask !== null) return { result: done(watch) };
      if (!watch || watch.removedAt !== null) return { result: refused(sentence('watch_unknown', { name })) };
      const removed = { ...watch, removedAt: now };
      const writes = { watch: removed, audit: [noteOf('watch.remove', by, removed)] };
      return { result: done(removed), writes: { ...writes, ...(eventId === null ? {} : { eventTask: 0 }) } };
    });
    return gone.kind === 'refused' ? gone : { ...gone, ended: await this.#closeUnwatched() };
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
    const isWatched = await this.#parts.store.change({ watch: watch.name }, ({ watch: now }) => ({
      result: now !== null && now.removedAt === null,
      ...(now?.task === task.number
        ? { writes: { watch: { ...now, task: null, says: says.join('; ') } } }
        : {}),
    }));
    if (!isWatched) await this.#closeUnwatched();
  }

  /** Closes what watches have raised that are there no longer, also in an earlier life. @returns its numbers. */
  async #closeUnwatched(): Promise<number[]> {
    const { store } = this.#parts;
    const open = await store.listIncidents({ states: openStates, limit: incidentsLookedAt });
    const names = new Set((await store.listWatches()).map((watch) => watch.name));
    const closed: number[] = [];
    for (const { number, source, labels } of open) {
      const { watch } = labels;
      if (source !== 'watch' || watch === undefined || names.has(watch)) continue;
      const why = sentence('incident_unwatched', { watch });
      if (await closeIncident(store, number, () => why)) closed.push(number);
    }
    return closed.sort((a, b) => a - b);
  }

  #refusal({ surface, id }: Actor, verb: string): Sentence | null {
    const identity = identityOf({ surface, id });
    const role = this.#parts.roster().roleOf(identity);
    if (isAtLeast(role, Role.operator)) return null;
    return sentence('role_missing', { identity, role, needed: Role.operator, verb });
  }
}

export interface WatchParts extends ForecastParts {
  store: Store;
  desk: Pick<Desk, 'ask'>;
  intake: AlertIntake;
  roster: () => Roster;
  /** Where incidents are posted. */
  postingSurfaces: { has(surface: string): boolean };
  redactor: CarefulRedactor;
  clock: Clock;
  log: Log;
}

const openStates = Object.values(IncidentState).filter((state) => state !== IncidentState.resolved);

const refused = (why: Sentence): Refused => ({ kind: 'refused', sentence: why });
const done = (watch: Watch): WatchOutcome => ({ kind: 'done', watch });

/** Null where its schedule never comes. */
const watchFrom = (wish: WatchWish, by: Actor, now: Instant): Watch | null => {
  const nextAt = nextTime(wish, now);
  if (nextAt === null) return null;
  return { ...wish, by, createdAt: now, removedAt: null, nextAt, task: null, says: null };
};

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
