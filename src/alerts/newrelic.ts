import { z } from 'zod';
import { AlertStatus, type MachineHint } from '../core/alert.ts';
import { scalar, text, time, words } from './fields.ts';
import { machineHints, machinesIn } from './machines.ts';
import { list, object } from './shapes.ts';
import { present } from './texts.ts';
import { type AlertParser, alertOf, keyOf, parserOf, type Told } from './told.ts';

/** A text, or the first of a list of them: what a workflow's template accumulates. */
const firstOf = z
  .unknown()
  .optional()
  .transform((value) => scalar.parse(Array.isArray(value) ? value[0] : value));
const names = list(scalar);

const payload = object({
  // A workflow's issue, by the names of the default template.
  id: scalar,
  issueId: scalar,
  issueUrl: text,
  issuePageUrl: text,
  title: firstOf,
  priority: firstOf,
  state: text,
  trigger: scalar,
  isAcknowledged: scalar,
  impactedEntities: names,
  policyName: firstOf,
  conditionName: firstOf,
  alertPolicyNames: firstOf,
  alertConditionNames: firstOf,
  workflowName: scalar,
  createdAt: time,
  activatedAt: time,
  closedAt: time,
  updatedAt: time,
  accountId: scalar,
  // The classic alert channel's incident.
  incident_id: scalar,
  incident_url: scalar,
  current_state: scalar,
  severity: scalar,
  condition_id: scalar,
  condition_name: firstOf,
  policy_name: firstOf,
  details: scalar,
  event_type: scalar,
  timestamp: time,
  timestamp_utc_string: scalar,
  account_name: scalar,
  account_id: scalar,
  targets: list(object({ id: scalar, name: scalar, type: scalar, product: scalar, labels: words })),
});

/**
 * New Relic: a workflow's webhook by the names of its default template, and the classic alert channel.
 * https://docs.newrelic.com/docs/alerts/get-notified/notification-integrations/#webhook
 */
export const newrelic: AlertParser = parserOf(payload, (one): Told => {
  const id = one.issueId ?? one.incident_id ?? one.id;
  const state = one.state ?? one.current_state;
  if (id === null || state === null) {
    return { kind: 'foreign', problem: 'it has no issue\'s "id" and "state", as the default template has.' };
  }
  const status = statusOf(state, one.isAcknowledged);
  const condition = one.conditionName ?? one.alertConditionNames ?? one.condition_name;
  const policy = one.policyName ?? one.alertPolicyNames ?? one.policy_name;
  const at = one.closedAt ?? one.updatedAt ?? one.timestamp;
  const alert = alertOf({
    source: 'newrelic',
    key: keyOf('issue', id),
    status,
    title: one.title ?? condition ?? one.details,
    summary: one.details ?? (one.title === null ? null : condition),
    severity: one.priority ?? one.severity,
    startsAt: one.activatedAt ?? one.createdAt ?? (status === AlertStatus.firing ? one.timestamp : null),
    endsAt: at,
    labels: {
      ...Object.assign({}, ...one.targets.map(({ labels }) => labels)),
      ...present({
        policy,
        condition,
        account: one.account_name ?? one.accountId ?? one.account_id,
        workflow: one.workflowName,
      }),
    },
    machines: machinesOf(one),
    link: one.issueUrl ?? one.issuePageUrl ?? one.incident_url,
  });
  return { kind: 'alerts', alerts: [alert], id: null };
});

const machinesOf = (one: z.infer<typeof payload>): MachineHint[] => [
  ...one.targets.flatMap((target) => [
    ...machineHints(target.name, 'targets.name'),
    ...machinesIn(target.labels, 'targets.labels'),
  ]),
  ...one.impactedEntities.flatMap((name) => machineHints(name, 'impactedEntities')),
];

const statusOf = (state: string, isAcknowledged: string | null): AlertStatus => {
  if (/^(closed|resolved|deactivated)$/i.test(state)) return AlertStatus.resolved;
  return /^acknowledged$/i.test(state) || isAcknowledged === 'true'
    ? AlertStatus.acknowledged
    : AlertStatus.firing;
};
