import { z } from 'zod';
import { AlertStatus } from '../core/alert.ts';
import { scalar, text, time } from './fields.ts';
import { machineHints } from './machines.ts';
import { list, object } from './shapes.ts';
import { present } from './texts.ts';
import { type AlertParser, alertOf, keyOf, parserOf, type Told } from './told.ts';

const heartbeat = object({ status: text, time: time, localDateTime: text, msg: text, ping: scalar });
const monitor = object({
  id: text,
  name: text,
  hostname: text,
  url: text,
  port: scalar,
  type: text,
  tags: list(object({ name: scalar, value: scalar })),
});
const payload = z.looseObject({ heartbeat: heartbeat.nullish(), monitor: monitor.nullish(), msg: text });

/**
 * Uptime Kuma's webhook with its preset JSON body: what was seen, of which monitor, and the message that it tells people.
 * Without a heartbeat it is a test, or a certificate that ends soon, whose end nothing ever tells.
 */
export const uptimekuma: AlertParser = parserOf(payload, ({ heartbeat: seen, monitor: of, msg }): Told => {
  if (!seen) return msg === null ? foreign : alone(msg, of ?? null);
  const status = statusOf(seen.status);
  if (status === null) {
    return {
      kind: 'nothing',
      why: 'the monitor is pending or in maintenance, so nothing has begun or ended.',
    };
  }
  const name = of?.name ?? /^\[([^\]]+)\]/.exec(msg ?? '')?.[1] ?? 'A monitor';
  const alert = alertOf({
    source: 'uptimekuma',
    key: keyOf('monitor', of?.id ?? name),
    status,
    title: `${name} is ${status === AlertStatus.resolved ? 'up' : 'down'}`,
    summary: seen.msg ?? msg,
    severity: null,
    level: status === AlertStatus.resolved ? null : 'critical',
    startsAt: status === AlertStatus.firing ? seen.time : null,
    endsAt: seen.time,
    labels: {
      ...Object.fromEntries(
        (of?.tags ?? []).flatMap((t) => (t.name === null ? [] : [[t.name, t.value ?? 'true']])),
      ),
      monitor: name,
      ...(of?.type ? { type: of.type } : {}),
    },
    machines: [
      ...machineHints(of?.hostname, 'monitor.hostname'),
      ...machineHints(of?.url === 'https://' ? null : of?.url, 'monitor.url'),
      ...machineHints(of?.name, 'monitor.name'),
    ],
    link: of?.url ?? null,
    value: seen.ping === null ? null : `${seen.ping} ms`,
  });
  return { kind: 'alerts', alerts: [alert], id: null };
});

const foreign: Told = {
  kind: 'foreign',
  problem:
    'it has neither "heartbeat" nor "msg"; choose the preset "application/json" as the body in Uptime Kuma.',
};

/** A test has ended as soon as it is told: it is shown, and nobody has to end it. */
const alone = (msg: string, of: z.infer<typeof monitor> | null): Told => {
  const isTest = / Testing$/.test(msg);
  const facts = {
    source: 'uptimekuma' as const,
    // Without its numbers: "expires in 7 days" and "in 3 days" are one.
    key: keyOf('message', of?.id ?? null, msg.replace(/\d+/g, '#')),
    title: msg,
    severity: isTest ? 'test' : 'warning',
    labels: present({ monitor: of?.name ?? null }),
    machines: [...machineHints(of?.hostname, 'monitor.hostname'), ...machineHints(of?.url, 'monitor.url')],
  };
  const firing = alertOf({ ...facts, status: AlertStatus.firing });
  const over = alertOf({ ...facts, status: AlertStatus.resolved });
  return { kind: 'alerts', alerts: isTest ? [firing, over] : [firing], id: null };
};

/** Kuma's numbers: 0 down, 1 up, 2 pending, 3 maintenance. */
const statusOf = (status: string | null): AlertStatus | null => {
  if (status === '0') return AlertStatus.firing;
  return status === '1' ? AlertStatus.resolved : null;
};
