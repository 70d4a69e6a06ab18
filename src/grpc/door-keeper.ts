import { networkOf } from '../core/network-of.ts';
import type { Clock } from '../ports/clock.ts';
import {
  connectionRate,
  connectionsMax,
  downloadsMax,
  greetingMax,
  outsidersMax,
  strangersAtAddressMax,
} from './limits.ts';
import { SharedRate } from './shared-rate.ts';

/** Where a connection stands; each place but the agents' has a share of its own that the others can't take. */
type Place = 'greeting' | 'outsider' | 'download' | 'agent';

const shares: { readonly [P in Place]: number } = {
  greeting: greetingMax,
  outsider: outsidersMax,
  download: downloadsMax,
  agent: connectionsMax,
};

/** One connection, as it is counted. */
export interface Visit {
  /** It has shown what it is. @returns false when that place is full: then it must go. */
  become(place: Exclude<Place, 'greeting'>): boolean;
  /** May be called twice. */
  left(): void;
}

/** Why somebody isn't let in; for the log. */
export type TurnedAway = 'too fast' | 'too many' | 'too many of one address';

/**
 * Counts who is at the port, so that those who have shown nothing can't take what agents need: whoever fills the place of
 * downloads or of outsiders fills that and no other, and one address (of IPv6, one /64) has only so much of all three.
 */
export class DoorKeeper {
  readonly #rate: SharedRate;
  readonly #count: Record<Place, number> = { greeting: 0, outsider: 0, download: 0, agent: 0 };
  /** Connections that are not agents', by their network. */
  readonly #strangers = new Map<string, number>();

  constructor(clock: Clock) {
    this.#rate = new SharedRate(clock, connectionRate);
  }

  /** @param address of the far end, without its port. @returns why it may not come in, or the visit, which counts until it has left. */
  arrive(address: string): Visit | TurnedAway {
    if (this.#count.greeting >= shares.greeting) return 'too many';
    const network = networkOf(address);
    if ((this.#strangers.get(network) ?? 0) >= strangersAtAddressMax) return 'too many of one address';
    if (!this.#rate.take(network)) return 'too fast';
    let place: Place | null = 'greeting';
    this.#count.greeting += 1;
    this.#countStranger(network, 1);
    const move = (to: Place | null): void => {
      if (place === null) return;
      this.#count[place] -= 1;
      if (place !== 'agent' && (to === null || to === 'agent')) this.#countStranger(network, -1);
      if (to !== null) this.#count[to] += 1;
      place = to;
    };
    return {
      become: (to) => {
        if (place === null || this.#count[to] >= shares[to]) return false;
        move(to);
        return true;
      },
      left: () => move(null),
    };
  }

  #countStranger(network: string, by: number): void {
    const count = (this.#strangers.get(network) ?? 0) + by;
    if (count > 0) this.#strangers.set(network, count);
    else this.#strangers.delete(network);
  }
}
