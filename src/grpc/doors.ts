import type { CertifiedAgent } from '../core/enrolment.ts';
import type { Enrolment } from '../flow/enrol.ts';

/**
 * By which door a stream came in. At the local socket, in the 0700 data directory, the owner is speaking and names itself;
 * over TLS a certificate says who it is.
 */
export type Door = { kind: 'local' } | { kind: 'certified'; certified: CertifiedAgent };

/** What the gateway asks those who know the identities. */
export type Identities = Pick<Enrolment, 'join' | 'renew' | 'admit' | 'suspend' | 'onCut'>;
