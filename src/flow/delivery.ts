import type { Scope } from '../ports/store.ts';
import type { Act } from './desk.ts';

/** The delivery as a change's scope names it. */
export const deliveryOf = ({ eventId, eventDigest }: Omit<Act, 'by'>): Scope => ({
  ...(eventId === null ? {} : { event: eventId }),
  ...(eventDigest === undefined ? {} : { eventDigest }),
});
