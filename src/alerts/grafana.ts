import type { z } from 'zod';
import { AlertStatus } from '../core/alert.ts';
import { alertGroupShape, tellGroup } from './alertmanager.ts';
import { text, words } from './fields.ts';
import { machinesIn } from './machines.ts';
import { list, object } from './shapes.ts';
import { type AlertParser, alertOf, keyOf, parserOf, type Told } from './told.ts';

const legacy = object({
  ruleId: text,
  ruleName: text,
  ruleUrl: text,
  orgId: text,
  state: text,
  title: text,
  message: text,
  tags: words,
  evalMatches: list(object({ metric: text, value: text, tags: words })),
});

/**
 * Grafana's webhook contact point, which is Alertmanager's with more in it, and the notification channel of before
 * Grafana 9, which has one rule and what it matched.
 * https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier/
 */
export const grafana: AlertParser = (body, now) => (isUnified(body) ? unified(body, now) : rule(body, now));

const isUnified = (body: unknown): boolean => typeof body === 'object' && body !== null && 'alerts' in body;

const unified = parserOf(alertGroupShape, (payload, now) => tellGroup('grafana', payload, now));

const rule = parserOf(legacy, (payload): Told => {
  const { ruleId, ruleName, state } = payload;
  if (state === null || (ruleId ?? ruleName) === null) {
    return {
      kind: 'foreign',
      problem: 'there is neither a list "alerts" nor "ruleId" and "state" in it, one of which Grafana sends.',
    };
  }
  const status = statusOf(state);
  if (status === null)
    return { kind: 'nothing', why: `the rule is ${state}, so nothing has begun or ended.` };
  return { kind: 'alerts', id: null, alerts: [ruleAlert(payload, status)] };
});

const ruleAlert = (payload: z.infer<typeof legacy>, status: AlertStatus) => {
  const matches = payload.evalMatches;
  // The rule's own tags say most; what the matches have in common says what it is about.
  const [one, ...others] = matches;
  const shared = Object.entries(one?.tags ?? {}).filter(([key, value]) =>
    others.every(({ tags }) => tags[key] === value),
  );
  const name = payload.ruleName ?? payload.title;
  return alertOf({
    source: 'grafana',
    key: keyOf('rule', payload.orgId, payload.ruleId ?? payload.ruleName),
    status,
    title: name,
    summary: payload.message,
    severity: payload.tags.severity ?? (payload.state === 'no_data' ? 'warning' : null),
    labels: { ...Object.fromEntries(shared), ...payload.tags, ...(name ? { alertname: name } : {}) },
    machines: matches.flatMap(({ tags }) => machinesIn(tags, 'evalMatches.tags')),
    link: payload.ruleUrl,
    value:
      [...new Set(matches.map(({ metric, value }) => `${metric ?? 'value'}=${value ?? '?'}`))].join(', ') ||
      null,
  });
};

const statusOf = (state: string): AlertStatus | null => {
  switch (state.toLowerCase()) {
    case 'ok':
    case 'paused':
    case 'normal':
      return AlertStatus.resolved;
    case 'pending':
    case 'unknown':
      return null;
    default:
      return AlertStatus.firing;
  }
};
