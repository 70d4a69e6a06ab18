import type { AgentIdentity } from './enrolment.ts';
import { certificateSoonMs } from './limits.ts';
import { type Sentence, sentence } from './sentences.ts';
import type { Instant } from './task.ts';

/**
 * What people should know of a certificate that ends soon or has ended; null while all is well. Agents renew long
 * before, so either means that something keeps the machine away.
 */
export const certificateEnd = (identity: AgentIdentity | null, now: Instant): Sentence | null => {
  if (!identity) return null;
  const { certificateUntil } = identity;
  if (certificateUntil <= now) return sentence('certificate_over', {});
  if (certificateUntil - now > certificateSoonMs) return null;
  const until = new Date(certificateUntil).toISOString().slice(0, 16).replace('T', ' ');
  return sentence('certificate_ends', { until: `${until} UTC` });
};
