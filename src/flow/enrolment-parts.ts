import type { Roster } from '../core/policy/roster.ts';
import type { CertificateAuthority } from '../ports/certificate-authority.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Store } from '../ports/store.ts';

/** What enrolment is made of; each of its verbs takes what it needs of it. */
export interface EnrolmentParts {
  store: Store;
  authority: CertificateAuthority;
  roster: Roster;
  clock: Clock;
  log: Log;
  /** `host:port` at which machines reach the gateway's TLS port; null where it has none. */
  address: () => string | null;
}
