import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { AlertSource } from '../core/alert.ts';
import type { Instant } from '../core/task.ts';
import type { HookDelivery } from '../ports/hook-reader.ts';
import { signedAgeMsMax } from './limits.ts';

/**
 * What is wrong with the proof that a delivery brings, continuing "It could not be proven …: "; null where it is good.
 * Sources that sign the body must have signed it; all others show the secret itself.
 *
 * - PagerDuty: `x-pagerduty-signature`, https://developer.pagerduty.com/docs/verifying-webhook-signatures
 * - Sentry: `sentry-hook-signature`, https://docs.sentry.io/organization/integrations/integration-platform/webhooks/
 * - Grafana: `x-grafana-alerting-signature`, over the time and a colon too where it sends a time,
 *   https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier/
 */
export const proofProblem = (
  source: AlertSource,
  secret: string,
  { body, headers }: HookDelivery,
  now: Instant,
): string | null => {
  const header = (name: string): string | null => {
    const value = headers[name];
    return typeof value === 'string' && value !== '' ? value : null;
  };
  switch (source) {
    case 'pagerduty':
      // Several while a secret is being replaced.
      return signedBy(
        header('x-pagerduty-signature')?.split(','),
        'v1=',
        secret,
        body,
        'X-PagerDuty-Signature',
      );
    case 'sentry':
      return signedBy(header('sentry-hook-signature')?.split(','), '', secret, body, 'Sentry-Hook-Signature');
    case 'grafana':
      return header('x-grafana-alerting-signature') === null
        ? shown(header, secret)
        : grafanaProblem(header, secret, body, now);
    default: {
      const github = header('x-hub-signature-256');
      return github === null
        ? shown(header, secret)
        : signedBy([github], 'sha256=', secret, body, 'X-Hub-Signature-256');
    }
  }
};

type HeaderOf = (name: string) => string | null;

const grafanaProblem = (header: HeaderOf, secret: string, body: Buffer, now: Instant): string | null => {
  const name = 'X-Grafana-Alerting-Signature';
  const given = [header('x-grafana-alerting-signature') ?? ''];
  const stamp = header('x-grafana-alerting-signature-timestamp') ?? header('x-grafana-alerting-timestamp');
  if (stamp === null) return signedBy(given, '', secret, body, name);
  const problem = signedBy(given, '', secret, Buffer.concat([Buffer.from(`${stamp}:`), body]), name);
  if (problem !== null) return problem;
  const at = Number(stamp) * 1_000;
  return Math.abs(now - at) <= signedAgeMsMax
    ? null
    : 'it was signed too long ago, so somebody may be sending it again.';
};

const signedBy = (
  given: readonly string[] | undefined,
  prefix: string,
  secret: string,
  signed: Buffer,
  header: string,
): string | null => {
  if (given === undefined) return `the header ${header} is missing. Give the source the secret of this hook.`;
  const right = createHmac('sha256', secret).update(signed).digest('hex');
  const isRight = given.some(
    (one) => one.trim().startsWith(prefix) && isSame(one.trim().slice(prefix.length), right),
  );
  return isRight ? null : `the signature in ${header} is not one of this hook's secret.`;
};

/** The secret as it is: as a bearer token, as the password of Basic, or in a header of our own. */
const shown = (header: HeaderOf, secret: string): string | null => {
  const authorization = header('authorization') ?? '';
  const basic = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(authorization)?.[1];
  const password =
    basic === undefined ? null : Buffer.from(basic, 'base64').toString('utf8').split(':').slice(1).join(':');
  const given = [
    header('x-nerdy-secret'),
    /^(?:Bearer|Token|GenieKey) (.+)$/i.exec(authorization)?.[1] ?? null,
    password,
  ].filter((one) => one !== null);
  if (given.length === 0)
    return 'it brings no secret. Let the source send the hook\'s secret as "Authorization: Bearer …" or "X-Nerdy-Secret: …".';
  return given.some((one) => isSame(one, secret)) ? null : "the secret that it brings is not this hook's.";
};

/** Compares digests, so that neither length nor content shows in the time it takes. */
const isSame = (a: string, b: string): boolean => timingSafeEqual(sha256(a), sha256(b));

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();
