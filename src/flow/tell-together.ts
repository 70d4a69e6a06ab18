import type { IncidentPlace } from '../core/incident.ts';
import type { AlertWay } from '../core/route-alert.ts';
import type { ToldAlert } from '../core/tell-incident.ts';
import type { IntakeOutcome } from '../ports/alert-intake.ts';
import type { ReceivedDelivery } from '../ports/incident-store.ts';
import { type Decided, type Store, StoreUnavailableError, type View } from '../ports/store.ts';
import { alertsTogetherMax } from './limits.ts';

/** The alerts of one delivery that a source keeps together, ready to be told. */
export interface TellingGroup {
  key: string;
  told: ToldAlert[];
  way: AlertWay;
}

/** A delivery of which everything is known but what is stored already. */
export interface PreparedDelivery {
  groups: readonly TellingGroup[];
  received: ReceivedDelivery;
  /** Its own unique id; null where it has none. */
  event: string | null;
}

/** Those of one change. The arrays grow until its turn comes. */
interface Together {
  readonly scope: { alerts: { group: string; key: string }[]; storms: IncidentPlace[] };
  readonly deliveries: PreparedDelivery[];
  readonly outcomes: Promise<IntakeOutcome[]>;
}

/**
 * Tells deliveries in as few changes as can be: what comes in before a change has had its turn goes along with it, each
 * delivery after the other, so that a hundred alerts of one incident read and write it once.
 *
 * What has an id of its own has a change of its own, which looks whether it was there. Where a change fails by what one
 * delivery brought, each of them is tried by itself, so none is lost by another's fault.
 */
export class TellTogether {
  readonly #store: Store;
  readonly #decide: (view: View, deliveries: readonly PreparedDelivery[]) => Decided<IntakeOutcome[]>;
  readonly #isPosted: (place: IncidentPlace) => boolean;
  /** The change that still takes more. */
  #open: Together | null = null;

  /** @param parts.decide tells these in their order. @param parts.isPosted whether new incidents there are counted. */
  constructor(parts: {
    store: Store;
    decide: (view: View, deliveries: readonly PreparedDelivery[]) => Decided<IntakeOutcome[]>;
    isPosted: (place: IncidentPlace) => boolean;
  }) {
    this.#store = parts.store;
    this.#decide = parts.decide;
    this.#isPosted = parts.isPosted;
  }

  async tell(delivery: PreparedDelivery): Promise<IntakeOutcome> {
    if (delivery.event !== null) return this.#alone(delivery);
    const together = this.#withRoomFor(delivery);
    const at = this.#add(together, delivery);
    try {
      return outcomeAt(await together.outcomes, at);
    } catch (error) {
      if (error instanceof StoreUnavailableError || together.deliveries.length === 1) throw error;
      return this.#alone(delivery);
    } finally {
      this.#close(together);
    }
  }

  async #alone(delivery: PreparedDelivery): Promise<IntakeOutcome> {
    const { event } = delivery;
    const scope = { alerts: [], storms: [], ...(event === null ? {} : { event }) };
    this.#extend(scope, delivery);
    const outcomes = await this.#store.change<IntakeOutcome[]>(scope, (view) => {
      if (view.seenEventTask !== null) return { result: [{ kind: 'repeated' }] };
      const { result, writes } = this.#decide(view, [delivery]);
      return { result, writes: { ...writes, ...(event === null ? {} : { eventTask: 0 }) } };
    });
    return outcomeAt(outcomes, 0);
  }

  #withRoomFor({ groups }: PreparedDelivery): Together {
    const open = this.#open;
    if (open && open.scope.alerts.length + alertsOf(groups) <= alertsTogetherMax) return open;
    const scope: Together['scope'] = { alerts: [], storms: [] };
    const deliveries: PreparedDelivery[] = [];
    const outcomes = this.#store.change(scope, (view) => {
      this.#close(together);
      return this.#decide(view, deliveries);
    });
    const together: Together = { scope, deliveries, outcomes };
    this.#open = together;
    return together;
  }

  #add({ scope, deliveries }: Together, delivery: PreparedDelivery): number {
    this.#extend(scope, delivery);
    return deliveries.push(delivery) - 1;
  }

  #extend(scope: Together['scope'], { groups }: PreparedDelivery): void {
    for (const { key: group, told, way } of groups) {
      for (const { key } of told) scope.alerts.push({ group, key });
      const { place } = way;
      if (place && this.#isPosted(place)) scope.storms.push(place);
    }
  }

  #close(together: Together): void {
    if (this.#open === together) this.#open = null;
  }
}

const alertsOf = (groups: readonly TellingGroup[]): number =>
  groups.reduce((count, { told }) => count + told.length, 0);

const outcomeAt = (outcomes: readonly IntakeOutcome[], at: number): IntakeOutcome => {
  const outcome = outcomes[at];
  if (!outcome) throw new Error('a delivery was told and has no outcome');
  return outcome;
};
