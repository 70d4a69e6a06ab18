import type { CertificateLife } from './certificate.ts';
import {
  renewFromShare,
  renewRetryMsMax,
  renewRetryMsMin,
  renewRetryShare,
  renewSpreadShare,
} from './limits.ts';

/**
 * When a certificate is to be renewed, on the clock that its life is told by.
 *
 * @param random from 0 to 1, drawn once for a certificate.
 */
export const renewAt = ({ from, until }: CertificateLife, random: number): number =>
  from + (until - from) * (renewFromShare + renewSpreadShare * random);

/**
 * How long to wait after a renewal that failed.
 *
 * @param leftMs of the certificate's life; below 0 when it has ended.
 * @param random from 0 to 1.
 */
export const renewRetryDelayMs = (leftMs: number, random: number): number => {
  const bound =
    leftMs <= 0
      ? renewRetryMsMax
      : Math.min(renewRetryMsMax, Math.max(renewRetryMsMin, leftMs * renewRetryShare));
  return Math.round(bound * (0.5 + random / 2));
};
