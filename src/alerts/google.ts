import type { z } from 'zod';
import { AlertStatus, type MachineHint } from '../core/alert.ts';
import { scalar, text, time, words } from './fields.ts';
import { machineHints, machinesIn } from './machines.ts';
import { object } from './shapes.ts';
import { present } from './texts.ts';
import { type AlertParser, alertOf, keyOf, parserOf, type Told } from './told.ts';

const incident = object({
  incident_id: text,
  resource_id: text,
  resource_name: text,
  resource_display_name: text,
  resource: object({ type: text, labels: words }),
  metric: object({ type: text, displayName: text, labels: words }),
  metadata: object({ system_labels: words, user_labels: words }),
  policy_name: text,
  policy_user_labels: words,
  condition_name: text,
  state: text,
  severity: text,
  started_at: time,
  ended_at: time,
  summary: text,
  url: text,
  observed_value: scalar,
  scoping_project_id: text,
  documentation: object({ content: scalar, subject: scalar }),
});

const pushed = object({ message: object({ data: text }), subscription: text });

/**
 * Google Cloud Monitoring's webhook, and the same through a Pub/Sub push subscription.
 * https://cloud.google.com/monitoring/support/notification-options#webhooks
 */
export const google: AlertParser = (body, now) =>
  typeof body === 'object' && body !== null && 'subscription' in body && 'message' in body
    ? throughPubSub(body, now)
    : direct(body, now);

const throughPubSub = parserOf(pushed, ({ message }, now): Told => {
  try {
    return direct(JSON.parse(Buffer.from(message.data ?? '', 'base64').toString('utf8')), now);
  } catch {
    return { kind: 'foreign', problem: '"message.data" is no JSON in Base64.' };
  }
});

const direct = parserOf(object({ incident }), ({ incident: one }): Told => {
  if (one.state === null || (one.incident_id ?? one.policy_name) === null) {
    return { kind: 'foreign', problem: 'it has no "incident" with "incident_id" and "state".' };
  }
  const isOver = /^closed$/i.test(one.state);
  const isAcknowledged = /^acknowledged$/i.test(one.state);
  const alert = alertOf({
    source: 'google',
    key: keyOf('incident', one.incident_id ?? one.policy_name),
    group: keyOf('policy', one.policy_name, one.condition_name, one.resource_id ?? one.resource_name),
    status: isOver ? AlertStatus.resolved : isAcknowledged ? AlertStatus.acknowledged : AlertStatus.firing,
    title: one.documentation.subject ?? policyOf(one) ?? one.condition_name,
    summary: one.summary ?? one.condition_name,
    severity: /^no severity$/i.test(one.severity ?? '') ? null : one.severity,
    startsAt: one.started_at,
    endsAt: one.ended_at,
    labels: labelsOf(one),
    annotations: present({ documentation: one.documentation.content }),
    machines: machinesOf(one),
    link: one.url,
    value: one.observed_value,
  });
  return { kind: 'alerts', alerts: [alert], id: null };
});

/** The test from the console has a policy's address in place of its name. */
const policyOf = ({ policy_name }: z.infer<typeof incident>): string | null =>
  policy_name?.startsWith('projects/') ? null : policy_name;

const labelsOf = (one: z.infer<typeof incident>): Record<string, string> => ({
  ...one.metadata.user_labels,
  ...one.resource.labels,
  ...one.metric.labels,
  ...one.policy_user_labels,
  ...present({
    policy: one.policy_name,
    condition: one.condition_name,
    project: one.scoping_project_id,
    resource_type: one.resource.type,
  }),
});

/** The display name ends in words of Google's own where there are labels; so the labels are asked first. */
const machinesOf = (one: z.infer<typeof incident>): MachineHint[] => [
  ...machinesIn(one.metric.labels, 'metric.labels'),
  ...machinesIn(one.metadata.system_labels, 'metadata.system_labels'),
  ...machineHints(one.metadata.system_labels.name, 'metadata.system_labels.name'),
  ...machineHints(one.resource_display_name ?? one.resource_name, 'resource_name'),
  ...machinesIn(one.resource.labels, 'resource.labels'),
  ...machineHints(one.resource_id, 'resource_id', 'instance'),
];
