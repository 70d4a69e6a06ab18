import { randomBytes } from 'node:crypto';
import type { Clock } from '../../src/ports/clock.ts';
import { responseSeconds, responseUsesMax, triggerSeconds } from './slack-workspace-limits.ts';
import { SlackRefusal } from './slack-workspace-record.ts';

/** What a click hands out and takes back once or a few times: triggers and response addresses. */
export class SlackTriggers {
  readonly #clock: Clock;
  readonly #secondMs: number;
  readonly #triggers = new Map<string, { person: string; at: number; isUsed: boolean }>();
  readonly #responses = new Map<string, { place: ResponsePlace; at: number; uses: number }>();

  constructor(clock: Clock, secondMs: number) {
    this.#clock = clock;
    this.#secondMs = secondMs;
  }

  makeTrigger(person: string): string {
    const id = `1.2.${randomBytes(8).toString('hex')}`;
    this.#triggers.set(id, { person, at: this.#clock.now(), isUsed: false });
    return id;
  }

  /** @returns whose trigger it was. */
  takeTrigger(id: unknown): string {
    const trigger = this.#triggers.get(String(id ?? ''));
    if (!trigger) throw new SlackRefusal('invalid_trigger_id');
    if (trigger.isUsed) throw new SlackRefusal('exchanged_trigger_id');
    if (this.#clock.now() - trigger.at > triggerSeconds * this.#secondMs) {
      throw new SlackRefusal('expired_trigger_id');
    }
    trigger.isUsed = true;
    return trigger.person;
  }

  makeResponse(place: ResponsePlace): string {
    const id = randomBytes(12).toString('hex');
    this.#responses.set(id, { place, at: this.#clock.now(), uses: 0 });
    return id;
  }

  takeResponse(id: string): ResponsePlace {
    const response = this.#responses.get(id);
    if (!response) throw new SlackRefusal('invalid_url');
    if (this.#clock.now() - response.at > responseSeconds * this.#secondMs)
      throw new SlackRefusal('expired_url');
    if (response.uses >= responseUsesMax) throw new SlackRefusal('used_url');
    response.uses++;
    return response.place;
  }
}

/** Where an answer to an address goes, and whose eyes it is for unless it says otherwise. */
export interface ResponsePlace {
  channel: string;
  person: string;
  /** The message that was clicked; null for a command. */
  message: string | null;
  threadTs: string | null;
}
