import { createHash } from 'node:crypto';
import { type Alert, AlertStatus } from '../core/alert.ts';
import type { AlertSettings } from '../core/alert-settings.ts';
import { diagnosisRequest } from '../core/diagnosis-request.ts';
import type { Incident, IncidentPlace } from '../core/incident.ts';
import { IncidentState } from '../core/incident-card.ts';
import { type AlertWay, routeAlert } from '../core/route-alert.ts';
import { sourceActor, type ToldAlert } from '../core/tell-incident.ts';
import type { AlertDelivery, AlertIntake, AlertPreview, IntakeOutcome } from '../ports/alert-intake.ts';
import type { Clock } from '../ports/clock.ts';
import type { Decided, Store, View } from '../ports/store.ts';
import type { CarefulRedactor } from './careful-redactor.ts';
import { IncidentLedger } from './incident-ledger.ts';
import { alertsBusyRetryMs, alertsWaitingMax } from './limits.ts';
import type { MachineFinder, MachineIndex } from './machine-index.ts';
import { redactDelivery } from './redact-alert.ts';
import { type PreparedDelivery, type TellingGroup, TellTogether } from './tell-together.ts';

/** An alert without its secrets, and the digest of its group's key. */
type KnownAlert = ToldAlert & { group: string };

/**
 * Takes alerts in: without their secrets, with their machines, into their incidents, in one commit for each delivery.
 * Everything slower (a diagnosis, a message) is a worker's.
 */
export class AlertReceiver implements AlertIntake {
  readonly #clock: Clock;
  readonly #settings: AlertSettings;
  readonly #machines: MachineIndex;
  readonly #redactor: CarefulRedactor;
  readonly #postingSurfaces: { has(surface: string): boolean };
  readonly #telling: TellTogether;
  #waiting = 0;

  constructor(parts: {
    store: Store;
    clock: Clock;
    settings: AlertSettings;
    machines: MachineIndex;
    redactor: CarefulRedactor;
    /** Where incidents are posted; of all others they are only listed. */
    postingSurfaces: { has(surface: string): boolean };
  }) {
    this.#clock = parts.clock;
    this.#settings = parts.settings;
    this.#machines = parts.machines;
    this.#redactor = parts.redactor;
    this.#postingSurfaces = parts.postingSurfaces;
    this.#telling = new TellTogether({
      store: parts.store,
      decide: (view, deliveries) => this.#tell(view, deliveries),
      isPosted: (place) => this.#isPosted(place),
    });
  }

  async receive(alerts: readonly Alert[], delivery: AlertDelivery): Promise<IntakeOutcome> {
    if (this.#waiting + alerts.length > alertsWaitingMax) {
      return { kind: 'busy', retryAfterMs: alertsBusyRetryMs };
    }
    this.#waiting += alerts.length;
    try {
      const find = await this.#machines.finder();
      return await this.#telling.tell(this.#prepared(alerts, delivery, find));
    } finally {
      this.#waiting -= alerts.length;
    }
  }

  async preview(
    alert: Alert,
    delivery: Pick<AlertDelivery, 'via' | 'source' | 'home'>,
  ): Promise<AlertPreview> {
    const found = (await this.#machines.finder())(alert);
    const { place, why } = routeAlert(this.#settings, alert, delivery, this.#clock.now());
    return {
      machine: found.names[0] ?? null,
      machineWhy: found.why,
      channels: place ? [{ ...place, why }] : [],
    };
  }

  /** Without its secrets, with its machines, by groups: all that needs nothing of what is stored. */
  #prepared(alerts: readonly Alert[], delivery: AlertDelivery, find: MachineFinder): PreparedDelivery {
    const { via, source, id, raw } = delivery;
    const clean = redactDelivery(alerts, raw, this.#redactor);
    // Machines and keys are taken from what was sent: a name that a mask has eaten fits none, and masks make keys alike.
    const known = alerts.map((alert, i) => ({
      alert: clean.alerts[i] ?? alert,
      machines: find(alert).names,
      key: digestOf(via, alert.key),
      group: digestOf(via, alert.group),
    }));
    return {
      groups: this.#groupsOf(known, delivery),
      received: { via, source, body: clean.raw },
      event: id === null ? null : `alert ${via} ${id}`,
    };
  }

  #tell(view: View, deliveries: readonly PreparedDelivery[]): Decided<IntakeOutcome[]> {
    const ledger = new IncidentLedger(view, {
      storm: this.#settings.storm,
      isPosted: (p) => this.#isPosted(p),
    });
    const told = deliveries.map(({ groups, received }) => {
      const groupsTold = groups.map((group) =>
        ledger.tell({ ...group, via: received.via }, (opened) => this.#withDiagnosis(opened, group.told)),
      );
      const incidents = groupsTold.flatMap(({ incident }) => incident ?? []);
      return { incidents, stored: { ...received, alerts: groupsTold.flatMap((g) => g.alerts) } };
    });
    return {
      result: told.map(({ incidents }) => ({ kind: 'stored', incidents })),
      writes: { ...ledger.writes(), received: told.map(({ stored }) => stored) },
    };
  }

  /** A new incident is looked into by itself where it names its machine; the rules say whether anything runs. */
  #withDiagnosis(opened: Incident, told: readonly ToldAlert[]): Incident {
    const alert = told[0]?.alert;
    const isWanted = this.#settings.diagnose === 'always' && opened.state === IncidentState.firing;
    if (!isWanted || !alert || opened.machines.length === 0) return opened;
    return {
      ...opened,
      diagnosis: {
        state: 'wanted',
        round: 1,
        request: diagnosisRequest(alert),
        on: opened.machines.join(' and '),
        by: sourceActor(alert),
        task: null,
        after: null,
        sentence: null,
      },
    };
  }

  #groupsOf(known: readonly KnownAlert[], { via, home }: AlertDelivery): TellingGroup[] {
    const now = this.#clock.now();
    const groups = new Map<string, TellingGroup>();
    for (const { group: key, ...told } of known) {
      const { alert } = told;
      const group = groups.get(key);
      const way = (): AlertWay => routeAlert(this.#settings, alert, { via, home }, now);
      if (!group) groups.set(key, { key, told: [told], way: way() });
      else {
        group.told.push(told);
        // The worst of them says whether it can wait for the morning.
        const mayWait = alert.status === AlertStatus.resolved || group.way.quietUntil === null;
        if (!mayWait && way().quietUntil === null) group.way = { ...group.way, quietUntil: null };
      }
    }
    return [...groups.values()];
  }

  #isPosted({ surface }: IncidentPlace): boolean {
    return this.#postingSurfaces.has(surface);
  }
}

/** A source's keys may be long, and may hold anything: only whether they are the same is kept. */
const digestOf = (via: string, key: string): string =>
  createHash('sha256')
    .update(JSON.stringify([via, key]))
    .digest('base64url')
    .slice(0, keyDigits);

/** 132 bits: no two keys of one installation ever meet. */
const keyDigits = 22;
