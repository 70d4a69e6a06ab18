import type { IncidentCard } from '../../src/core/incident-card.ts';
import { sentence } from '../../src/core/sentences.ts';
import type { AlertDesk, IncidentOutcome } from '../../src/flow/alert-desk.ts';
import type { Act } from '../../src/flow/desk.ts';
import type { FakeDesk } from './fake-desk.ts';

/** The counter for incidents, in memory: the acts change cards and tell those who watch the desk. */
export class FakeAlerts implements AlertDesk {
  readonly cards = new Map<number, IncidentCard>();
  readonly acts: { verb: string; incident: number; eventId: string | null; more?: unknown }[] = [];
  readonly #desk: FakeDesk;

  constructor(desk: FakeDesk) {
    this.#desk = desk;
  }

  /** Raises one, or changes what there is. */
  put(number: number, changes: Partial<IncidentCard> = {}): void {
    const before = this.cards.get(number);
    const revision = (before?.revision ?? 0) + 1;
    this.cards.set(number, { ...(before ?? incidentWith({ number })), ...changes, revision });
    this.#desk.tell({ incidents: [number] });
  }

  acknowledge(incident: number, act: Act) {
    return this.#act('acknowledge', incident, act, {
      ...{ state: 'acknowledged', tone: 'working', acknowledgedBy: act.by.name },
      actions: incidentWith().actions.filter(({ kind }) => kind !== 'acknowledge'),
    });
  }

  silence(incident: number, act: Act & { forMs: number }) {
    const changes = { state: 'silenced', tone: 'quiet', actions: [{ kind: 'unsilence' }] } as const;
    return this.#act('silence', incident, act, { ...changes, actions: [...changes.actions] }, act.forMs);
  }

  unsilence(incident: number, act: Act) {
    return this.#act('unsilence', incident, act, {
      ...{ state: 'firing', tone: 'bad' },
      actions: incidentWith().actions,
    });
  }

  diagnose(incident: number, act: Act & { on: string | null }) {
    const changes = act.on === null ? {} : { machines: [act.on], choices: [] };
    return this.#act('diagnose', incident, act, changes, act.on);
  }

  async incident(number: number): Promise<IncidentCard | null> {
    return this.cards.get(number) ?? null;
  }

  async incidents({ states, limit }: Parameters<AlertDesk['incidents']>[0]): Promise<IncidentCard[]> {
    return [...this.cards.values()]
      .filter((card) => !states || states.includes(card.state))
      .sort((a, b) => b.number - a.number)
      .slice(0, limit);
  }

  async #act(
    verb: string,
    incident: number,
    { eventId }: Act,
    changes: Partial<IncidentCard>,
    more?: unknown,
  ): Promise<IncidentOutcome> {
    const card = this.cards.get(incident);
    if (!card) return { kind: 'refused', sentence: sentence('incident_unknown', { number: incident }) };
    if (card.state === 'resolved') {
      const values = { number: incident, state: card.state, verb };
      return { kind: 'refused', sentence: sentence('incident_not_now', values) };
    }
    this.acts.push({ verb, incident, eventId, ...(more === undefined ? {} : { more }) });
    this.put(incident, changes);
    return { kind: 'done', incident: this.cards.get(incident) as IncidentCard };
  }
}

/** An ordinary incident, of which each test says only what it is about. */
export const incidentWith = (changes: Partial<IncidentCard> = {}): IncidentCard => ({
  ...{ number: 17, revision: 1, state: 'firing', tone: 'bad' },
  headline: 'HostDiskNearlyFull on db1 (2 alerts)',
  title: 'HostDiskNearlyFull',
  ...{ source: 'alertmanager', severity: 'critical' },
  summary: 'Less than 10 % of /var/lib/postgresql are free.',
  machines: ['db1'],
  ...{ startedAt: Date.UTC(2026, 10, 21, 13, 50), endedAt: null, firing: 2, resolved: 1, times: 4 },
  alerts: [
    {
      name: 'HostDiskNearlyFull',
      isFiring: true,
      since: Date.UTC(2026, 10, 21, 13, 50),
      labels: { mountpoint: '/var/lib/postgresql' },
    },
    { name: 'HostDiskNearlyFull', isFiring: false, since: Date.UTC(2026, 10, 21, 13, 52), labels: {} },
  ],
  ...{ more: 1, acknowledgedBy: null, silencedUntil: null, diagnosis: null, choices: [] },
  link: 'https://prometheus.example.com/graph?g0.expr=x',
  notices: [],
  actions: [
    { kind: 'acknowledge' },
    { kind: 'diagnose', on: null },
    { kind: 'silence', forMs: 3_600_000 },
    { kind: 'silence', forMs: 28_800_000 },
  ],
  ...changes,
});
