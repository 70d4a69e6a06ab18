import { z } from 'zod';
import { AlertStatus, type MachineHint } from '../core/alert.ts';
import { time } from './fields.ts';
import { looseFields, type Pick } from './loose-fields.ts';
import { machineHints } from './machines.ts';
import { type AlertParser, alertOf, keyOf, parserOf } from './told.ts';

/**
 * Kibana's webhook connector, whose body is a template of the sender's, of variables like `rule.name` and
 * `alert.actionGroup`; also ElastAlert's and Watcher's, by the same names.
 * https://www.elastic.co/guide/en/kibana/current/rule-action-variables.html
 */
export const elastic: AlertParser = parserOf(z.record(z.string(), z.unknown()), (payload) => {
  const pick = looseFields(payload);
  const name = pick('rulename', 'kibanaalertrulename', 'alertname', 'watchid', 'rule', 'name', 'title');
  const reason = pick(
    'contextreason',
    'kibanaalertreason',
    'contextmessage',
    'reason',
    'message',
    'alerttext',
  );
  const ruleId = pick('ruleid', 'kibanaalertruleuuid', 'alertid');
  if (name === null && ruleId === null) {
    return {
      kind: 'foreign',
      problem: 'it has neither "rule.name" nor "rule.id"; write them into the connector\'s body.',
    };
  }
  const status = statusOf(pick);
  const at = time.parse(pick('date', 'contexttimestamp', 'timestamp', 'kibanaalertstart'));
  const labels = labelsOf(payload, pick);
  const instance = pick('alertid', 'alertinstanceid', 'kibanaalertinstanceid', 'contextgroup', 'group');
  const alert = alertOf({
    source: 'elastic',
    key: keyOf(ruleId ?? name, instance === ruleId ? null : instance),
    group: ruleId ?? name,
    status,
    title: name ?? reason,
    summary: reason,
    severity: pick('severity', 'kibanaalertseverity', 'contextrulesseverity') ?? pick('alertactiongroupname'),
    startsAt: status === AlertStatus.firing ? at : null,
    endsAt: at,
    labels,
    machines: machinesOf(pick),
    link: pick('contextalertdetailsurl', 'alertdetailsurl', 'ruleurl', 'contextlink', 'link', 'url'),
    value: pick('contextvalue', 'kibanaalertevaluationvalue', 'value'),
  });
  return { kind: 'alerts', alerts: [alert], id: null };
});

const statusOf = (pick: Pick): AlertStatus => {
  const said = [
    pick('alertactiongroup', 'actiongroup', 'kibanaalertactiongroup'),
    pick('status', 'kibanaalertstatus', 'alertstate', 'state'),
    pick('eventtype', 'eventaction'),
  ];
  return said.some((word) => /recover|resolved|^ok$|closed|^untracked$/i.test(word ?? ''))
    ? AlertStatus.resolved
    : AlertStatus.firing;
};

const machinesOf = (pick: Pick): MachineHint[] => [
  ...machineHints(pick('contexthostname', 'hostname', 'contexthosthostname'), 'host.name'),
  ...machineHints(pick('contexthostip', 'hostip'), 'host.ip', 'address'),
  ...machineHints(pick('cloudinstanceid', 'contextcloudinstanceid'), 'cloud.instance.id', 'instance'),
  // Rules that are grouped by host have it as the alert's own id.
  ...machineHints(pick('contextgroup', 'alertid', 'alertinstanceid'), 'alert.id'),
];

const labelsOf = (payload: Record<string, unknown>, pick: Pick): Record<string, string> => {
  const rule = payload.rule;
  const tags = [payload.tags, typeof rule === 'object' && rule !== null && 'tags' in rule ? rule.tags : null]
    .flatMap((list) => (Array.isArray(list) ? list : typeof list === 'string' ? list.split(/\s*,\s*/) : []))
    .filter((tag): tag is string => typeof tag === 'string' && tag !== '' && !tag.startsWith('{'));
  const known = {
    rule: pick('rulename'),
    space: pick('spaceid', 'rulespaceid'),
    type: pick('ruletype', 'ruletypeid'),
    host: pick('contexthostname', 'hostname'),
  };
  return {
    ...Object.fromEntries(
      tags.map((tag) => /^([^:]+):(.+)$/s.exec(tag)?.slice(1) ?? [tag, 'true']) as [string, string][],
    ),
    ...Object.fromEntries(Object.entries(known).filter((pair): pair is [string, string] => pair[1] !== null)),
  };
};
