import type { AuditNote } from '../core/audit.ts';
import { diagnosisRequest } from '../core/diagnosis-request.ts';
import { type Incident, type IncidentEvent, transitionIncident } from '../core/incident.ts';
import type { IncidentCard } from '../core/incident-card.ts';
import { silenceMsMax, silenceMsMin } from '../core/limits.ts';
import { isAtLeast, Role } from '../core/policy/role.ts';
import { identityOf, type Roster } from '../core/policy/roster.ts';
import { type Sentence, sentence } from '../core/sentences.ts';
import type { Actor } from '../core/task.ts';
import type { Decided, Store, View } from '../ports/store.ts';
import type { AlertDesk, IncidentOutcome } from './alert-desk.ts';
import { deliveryOf } from './delivery.ts';
import type { Act } from './desk.ts';
import { cardOfIncident, incidentCardFor } from './incident-card-for.ts';
import type { MachineIndex } from './machine-index.ts';

/** The counter for incidents on the real parts: each verb is one commit, then the card as it stands. */
export class AlertCounter implements AlertDesk {
  readonly #store: Store;
  readonly #machines: MachineIndex;
  readonly #roster: () => Roster;

  constructor(parts: { store: Store; machines: MachineIndex; roster: () => Roster }) {
    this.#store = parts.store;
    this.#machines = parts.machines;
    this.#roster = parts.roster;
  }

  acknowledge(incident: number, act: Act): Promise<IncidentOutcome> {
    return this.#move(incident, act, 'acknowledged', () => ({ kind: 'acknowledge', by: act.by }));
  }

  async silence(incident: number, act: Act & { forMs: number }): Promise<IncidentOutcome> {
    if (!(act.forMs >= silenceMsMin && act.forMs <= silenceMsMax)) {
      const bounds = { fromMinutes: silenceMsMin / 60_000, toHours: silenceMsMax / 3_600_000 };
      return refused(sentence('silence_out_of_bounds', bounds));
    }
    return this.#move(incident, act, 'silenced', ({ now }) => ({
      kind: 'silence',
      by: act.by,
      until: now + act.forMs,
    }));
  }

  unsilence(incident: number, act: Act): Promise<IncidentOutcome> {
    return this.#move(incident, act, 'unsilenced', () => ({ kind: 'unsilence', by: act.by }));
  }

  async diagnose(number: number, act: Act & { on: string | null }): Promise<IncidentOutcome> {
    // Asked first: who may not even look is not told which machines there are.
    const no = this.#refusal('diagnose', act.by);
    if (no) return refused(no);
    const names = new Map((await this.#store.listAgents()).map((a) => [a.name.toLowerCase(), a.name]));
    const named = act.on === null ? null : (names.get(act.on.toLowerCase()) ?? null);
    if (act.on !== null && named === null) {
      return refused(sentence('incident_machine_unknown', { name: act.on }));
    }
    const choices = (await this.incident(number))?.choices ?? [];
    return this.#change(number, act, 'diagnose', (view, incident) => {
      const why = whyNotDiagnosed(incident, named, choices);
      if (why) return { result: { kind: 'refused', sentence: why } };
      // Two clicks at once want the same.
      if (incident.diagnosis?.state === 'wanted') return { result: { kind: 'done' } };
      const machines = named === null || incident.machines.includes(named) ? incident.machines : [named];
      const next: Incident = {
        ...incident,
        machines,
        diagnosis: {
          state: 'wanted',
          round: (incident.diagnosis?.round ?? 0) + 1,
          request: diagnosisRequest(incident),
          on: named ?? machines.join(' and '),
          by: act.by,
          task: incident.diagnosis?.task ?? null,
          after: null,
          sentence: null,
        },
        revision: incident.revision + 1,
        updatedAt: view.now,
      };
      return written(incident, next, 'diagnose', act.by);
    });
  }

  incident(incident: number): Promise<IncidentCard | null> {
    return incidentCardFor({ store: this.#store, machines: this.#machines }, incident);
  }

  async incidents(filter: Parameters<AlertDesk['incidents']>[0]): Promise<IncidentCard[]> {
    const found = await this.#store.listIncidents(filter);
    const parts = { store: this.#store, machines: this.#machines };
    return Promise.all(found.map((incident) => cardOfIncident(parts, incident)));
  }

  #move(
    number: number,
    act: Act,
    participle: string,
    eventFor: (view: View) => IncidentEvent,
  ): Promise<IncidentOutcome> {
    return this.#change(number, act, verbOf[participle] ?? participle, (view, incident) => {
      const event = eventFor(view);
      const moved = transitionIncident(incident, event, view.now);
      if (!moved.moved || event.kind === 'change') {
        const values = { number, state: incident.state, verb: participle };
        return { result: { kind: 'refused', sentence: sentence('incident_not_now', values) } };
      }
      return written(incident, moved.incident, event.kind, act.by);
    });
  }

  async #change(
    number: number,
    act: Act,
    verb: string,
    decide: (view: View, incident: Incident) => Decided<Changed>,
  ): Promise<IncidentOutcome> {
    const no = this.#refusal(verb, act.by);
    if (no) return refused(no);
    const scope = { incident: number, ...deliveryOf(act) };
    const changed = await this.#store.change<Changed>(scope, (view) => {
      if (view.isOtherDelivery) return { result: { kind: 'refused', sentence: sentence('key_reused', {}) } };
      if (view.seenEventTask !== null) return { result: { kind: 'done' } };
      const incident = view.incidents.find((i) => i.number === number);
      if (!incident)
        return { result: { kind: 'refused', sentence: sentence('incident_unknown', { number }) } };
      const decided = decide(view, incident);
      if (decided.writes === undefined || act.eventId === null) return decided;
      return { ...decided, writes: { ...decided.writes, eventTask: 0 } };
    });
    if (changed.kind === 'refused') return changed;
    const card = await this.incident(number);
    return card ? { kind: 'done', incident: card } : refused(sentence('incident_unknown', { number }));
  }

  /** Who may only look is told so before anything is touched. */
  #refusal(verb: string, { surface, id }: Actor): Sentence | null {
    const identity = identityOf({ surface, id });
    const role = this.#roster().roleOf(identity);
    if (isAtLeast(role, Role.operator)) return null;
    return sentence('role_missing', { identity, role, needed: Role.operator, verb });
  }
}

type Changed = { kind: 'done' } | { kind: 'refused'; sentence: Sentence };

const verbOf: Readonly<Record<string, string>> = {
  acknowledged: 'acknowledge',
  silenced: 'silence',
  unsilenced: 'unsilence',
};

const refused = (why: Sentence): IncidentOutcome => ({ kind: 'refused', sentence: why });

const written = (
  before: Incident,
  after: Incident,
  event: Exclude<IncidentEvent['kind'], 'change'> | 'diagnose',
  by: Actor,
): Decided<Changed> => {
  const detail = { incident: after.number, title: after.title, from: before.state, to: after.state };
  const note: AuditNote = {
    kind: `incident.${event}`,
    actor: by,
    task: null,
    run: null,
    digest: null,
    detail,
  };
  return { result: { kind: 'done' }, writes: { incidents: [after], audit: [note] } };
};

const whyNotDiagnosed = (
  { number, kind, machines, diagnosis }: Incident,
  named: string | null,
  choices: string[],
): Sentence | null => {
  if (kind === 'storm') return sentence('incident_is_storm', { number });
  if (diagnosis?.state === 'asked' && diagnosis.task !== null) {
    return sentence('incident_being_looked_into', { number, task: diagnosis.task });
  }
  if (named === null && machines.length === 0)
    return sentence('incident_machine_missing', { number, choices });
  return null;
};
