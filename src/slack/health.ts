import { isTrouble } from './outcome.ts';
import type { Called, CallFailure } from './web.ts';

/** What the latest posts say of our token: one that Slack refuses is a fault of the whole surface, told by `/ready`. */
export class Health {
  #trouble: CallFailure | null = null;

  note(called: Called<unknown>): void {
    if (called.kind === 'ok') this.#trouble = null;
    else if (isTrouble(called.error)) this.#trouble = called;
  }

  get trouble(): CallFailure | null {
    return this.#trouble;
  }
}
