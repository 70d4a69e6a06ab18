import type { AuditNote } from '../core/audit.ts';
import { serverActor } from '../core/audit.ts';
import type { Incident, IncidentPlace, StoredAlert } from '../core/incident.ts';
import { IncidentState } from '../core/incident-card.ts';
import type { AlertWay } from '../core/route-alert.ts';
import { countOpening, type StormBounds, type StormWatch, stormAfter, stormFrom } from '../core/storm.ts';
import type { Actor, Instant } from '../core/task.ts';
import { sourceActor, type Told, type ToldAlert, tellIncident } from '../core/tell-incident.ts';
import type { Post, View, Writes } from '../ports/store.ts';
import { newPost } from './new-post.ts';

/** What is told of one group. */
export interface GroupTelling {
  told: readonly ToldAlert[];
  key: string;
  via: string;
  way: AlertWay;
}

/** What it came to: the incident's number, null for none, and the rows of its alerts that are to be written. */
export interface GroupTold {
  incident: number | null;
  alerts: readonly StoredAlert[];
}

/**
 * The incidents of one change while it is decided: deliveries may tell of several, each after the other, and several of
 * them may be counted by one storm. It computes; the change writes what it gives.
 */
export class IncidentLedger {
  readonly #view: View;
  readonly #bounds: StormBounds;
  readonly #isPosted: (place: IncidentPlace) => boolean;
  readonly #incidents = new Map<number, Incident>();
  readonly #written = new Set<number>();
  readonly #storms = new Map<string, StormWatch>();
  readonly #counted = new Set<string>();
  /** As they were told last, by incident and key. */
  readonly #alerts = new Map<string, StoredAlert>();
  readonly #posts: Post[] = [];
  readonly #toldNow = new Set<number>();
  readonly #audit: AuditNote[] = [];
  #next: number;

  constructor(view: View, rules: { storm: StormBounds; isPosted: (place: IncidentPlace) => boolean }) {
    this.#view = view;
    this.#bounds = rules.storm;
    this.#isPosted = rules.isPosted;
    this.#next = view.nextIncident;
    for (const incident of view.incidents) this.#incidents.set(incident.number, incident);
    for (const storm of view.storms) this.#storms.set(keyOf(storm.place), storm);
    for (const alert of view.alerts) this.#alerts.set(rowOf(alert.incident, alert.key), alert);
  }

  /** @param onOpen what a new incident that has a message of its own gets beside. */
  tell(group: GroupTelling, onOpen: (opened: Incident) => Incident): GroupTold {
    const { now } = this.#view;
    const known = this.#latestOf(group.key);
    const keys = known ? new Set(group.told.map(({ key }) => rowOf(known.number, key))) : [];
    const told = tellIncident({
      ...{ told: group.told, key: group.key, via: group.via, place: group.way.place },
      known,
      rows: [...keys].flatMap((key) => this.#alerts.get(key) ?? []),
      nextIncident: this.#next,
      now,
    });
    if (!told) return { incident: null, alerts: [] };
    for (const alert of told.alerts) this.#alerts.set(rowOf(alert.incident, alert.key), alert);
    let { incident } = told;
    if (told.isNew) {
      this.#next = incident.number + 1;
      incident = this.#opened(incident, group.way, onOpen);
    } else if (known) incident = this.#toldAgain(known, incident, group.way, onOpen);
    this.#put(incident);
    this.#note(told, incident);
    return { incident: incident.number, alerts: told.alerts };
  }

  /** All but the deliveries, which are the caller's. */
  writes(): Writes {
    return {
      incidents: [...this.#written].sort((a, b) => a - b).flatMap((n) => this.#incidents.get(n) ?? []),
      storms: [...this.#counted].flatMap((key) => this.#storms.get(key) ?? []),
      posts: this.#posts,
      toldNow: [...this.#toldNow],
      audit: this.#audit,
    };
  }

  #latestOf(key: string): Incident | null {
    const of = [...this.#incidents.values()].filter((i) => i.key === key);
    return of.reduce<Incident | null>((last, i) => (last && last.number > i.number ? last : i), null);
  }

  #put(incident: Incident): void {
    this.#incidents.set(incident.number, incident);
    this.#written.add(incident.number);
  }

  /** A new incident gets its message, or is counted in a storm's. */
  #opened(incident: Incident, way: AlertWay, onOpen: (opened: Incident) => Incident): Incident {
    const { place } = incident;
    if (!place || !this.#isPosted(place)) return onOpen(incident);
    const { now } = this.#view;
    const fresh = { place, since: now, opened: 0, lastAt: now, storm: null };
    const { watch, verdict } = countOpening(this.#storms.get(keyOf(place)) ?? fresh, now, this.#bounds);
    const storm = watch.storm === null ? undefined : this.#incidents.get(watch.storm);
    const goesOn = verdict === 'joins' && storm !== undefined && storm.state !== IncidentState.resolved;
    if (verdict === 'alone') {
      this.#watch(watch);
      this.#post(incident.number, place, way.quietUntil);
      return onOpen(incident);
    }
    const counting = goesOn ? storm : this.#begin(incident, place, way.quietUntil);
    this.#watch({ ...watch, storm: counting.number });
    if (goesOn && way.quietUntil === null) this.#toldNow.add(counting.number);
    const counted = { ...incident, storm: counting.number };
    this.#put(stormAfter(counting, null, counted, now));
    return counted;
  }

  #begin(first: Incident, place: IncidentPlace, quietUntil: Instant | null): Incident {
    const storm = stormFrom(this.#next, first, place, this.#view.now);
    this.#next += 1;
    this.#post(storm.number, place, quietUntil);
    this.#say('storm', storm, serverActor, { from: null, to: storm.state });
    return storm;
  }

  #watch(watch: StormWatch): void {
    this.#storms.set(keyOf(watch.place), watch);
    this.#counted.add(keyOf(watch.place));
  }

  /**
   * A step of an incident that a storm counts changes what the storm's message says; once that says that all is over,
   * what fires again has a message of its own. What has become worse than the quiet hours hold back is told now.
   */
  #toldAgain(
    before: Incident,
    after: Incident,
    { quietUntil }: AlertWay,
    onOpen: (opened: Incident) => Incident,
  ): Incident {
    const { place } = after;
    const storm = after.storm === null ? undefined : this.#incidents.get(after.storm);
    if (storm?.state === IncidentState.resolved && before.firing === 0 && after.firing > 0 && place) {
      this.#post(after.number, place, quietUntil);
      const alone = { ...after, storm: null };
      return alone.diagnosis === null ? onOpen(alone) : alone;
    }
    const isSame = before.firing > 0 === after.firing > 0;
    if (storm && !isSame) this.#put(stormAfter(storm, before, after, this.#view.now));
    if (quietUntil === null && before.level !== after.level) this.#toldNow.add(after.storm ?? after.number);
    return after;
  }

  #post(number: number, place: IncidentPlace, quietUntil: Instant | null): void {
    const subject = { kind: 'incident' as const, number };
    const made = newPost({
      part: 'incident',
      subject,
      place: { ...place, thread: null },
      now: this.#view.now,
    });
    this.#posts.push(quietUntil === null ? made : { ...made, retryAt: quietUntil });
  }

  #note(told: Told, incident: Incident): void {
    const alert = told.alerts.at(-1)?.alert;
    const actor = alert ? sourceActor(alert) : serverActor;
    for (const { event, from, to } of told.steps) this.#say(event, incident, actor, { from, to });
  }

  #say(
    event: Told['steps'][number]['event'] | 'storm',
    { number, title, machines }: Incident,
    actor: Actor,
    way: { from: IncidentState | null; to: IncidentState },
  ): void {
    const about = machines.length === 1 ? { agent: machines[0] ?? null } : {};
    const detail = { incident: number, title, ...way, ...about };
    this.#audit.push({ kind: `incident.${event}`, actor, task: null, run: null, digest: null, detail });
  }
}

const rowOf = (incident: number, key: string): string => `${incident} ${key}`;
const keyOf = ({ surface, channel }: IncidentPlace): string => JSON.stringify([surface, channel]);
