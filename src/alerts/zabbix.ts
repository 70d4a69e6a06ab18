import { z } from 'zod';
import { type Alert, AlertStatus, type MachineHint } from '../core/alert.ts';
import { time } from './fields.ts';
import { alertsInDeliveryMax } from './limits.ts';
import { looseFields, type Pick } from './loose-fields.ts';
import { machineHints } from './machines.ts';
import { type AlertParser, alertOf, keyOf, parserOf } from './told.ts';

const record = z.record(z.string(), z.unknown());
type Payload = z.infer<typeof record>;

/**
 * Zabbix: a webhook media type, whose body is made of macros under names like theirs (`event_id` for `{EVENT.ID}`), or the
 * events that a connector streams, one or several.
 * https://www.zabbix.com/documentation/current/en/manual/config/notifications/media/webhook
 * https://www.zabbix.com/documentation/current/en/manual/appendix/protocols/real_time_export
 */
export const zabbix: AlertParser = (body, now) => (Array.isArray(body) ? streamed : one)(body, now);

const one = parserOf(record, (payload) => {
  const alert = tell(payload);
  return alert
    ? { kind: 'alerts', alerts: [alert], id: null }
    : {
        kind: 'foreign',
        problem: 'it has neither an "event_id" nor an "event_name", as Zabbix\'s events have.',
      };
});

const streamed = parserOf(z.array(record).min(1).max(alertsInDeliveryMax), (payloads) => {
  const alerts = payloads.map(tell).filter((alert) => alert !== null);
  return alerts.length > 0
    ? { kind: 'alerts', alerts, id: null }
    : { kind: 'foreign', problem: 'none of its events has an "eventid" and a "name".' };
});

/** Zabbix's severities by their numbers, from "not classified" on. */
const severities = ['Not classified', 'Information', 'Warning', 'Average', 'High', 'Disaster'];

const tell = (payload: Payload): Alert | null => {
  const pick = looseFields(payload);
  const name = pick('eventname', 'triggername', 'problemname', 'alertsubject', 'subject', 'name', 'title');
  // The end of a problem is an event of its own, which names the problem that it ends.
  const event = pick('peventid', 'problemid', 'eventid', 'problemeventid', 'id');
  const trigger = pick('triggerid', 'objectid');
  if (name === null || (event ?? trigger ?? pick('eventvalue', 'triggerstatus', 'eventstatus')) === null)
    return null;
  const host = pick('hostname', 'host', 'hosthost', 'visiblename') ?? hostsIn(payload)[0]?.value ?? null;
  const severity = pick('eventseverity', 'triggerseverity', 'severity', 'eventnseverity', 'nseverity');
  const status = statusOf(pick);
  return alertOf({
    source: 'zabbix',
    key: event === null ? keyOf('trigger', trigger, host, name) : keyOf('event', event),
    group: keyOf('trigger', trigger ?? name, host),
    status,
    title: plainTitle(name),
    summary: pick('message', 'alertmessage', 'triggerdescription', 'eventopdata', 'opdata', 'description'),
    severity: /^[0-5]$/.test(severity ?? '') ? (severities[Number(severity)] ?? null) : severity,
    startsAt:
      status === AlertStatus.resolved
        ? null
        : atOf(pick('eventdate', 'date'), pick('eventtime', 'time'), pick),
    endsAt: atOf(pick('eventrecoverydate'), pick('eventrecoverytime'), pick),
    labels: labelsOf(payload, pick, host),
    machines: [
      ...machineHints(host, 'host'),
      ...hostsIn(payload),
      ...machineHints(pick('hostip', 'hostconn', 'hostdns', 'ip'), 'host_ip', 'any'),
    ],
    link: linkOf(pick, trigger, event),
    value: pick('itemvalue', 'itemlastvalue', 'eventopdata', 'opdata'),
  });
};

const statusOf = (pick: Pick): AlertStatus => {
  const said = `${pick('eventvalue', 'value', 'triggervalue', 'triggerstatus', 'eventstatus', 'status')}`;
  const isOver =
    /^(0|ok|resolved|recovery|recovered)$/i.test(said) ||
    (said === 'null' && /^(resolved|ok)\b/i.test(pick('subject', 'alertsubject') ?? ''));
  if (isOver) return AlertStatus.resolved;
  const isAcknowledged =
    /^(yes|1|true|acknowledged)$/i.test(pick('eventackstatus', 'acknowledged', 'ackstatus') ?? '') ||
    /\backnowledged\b/i.test(pick('eventupdateaction') ?? '');
  return isAcknowledged ? AlertStatus.acknowledged : AlertStatus.firing;
};

/** Zabbix's own subjects begin with the state, which another message of the same problem begins otherwise. */
const plainTitle = (name: string): string =>
  name.replace(/^(problem|resolved(?: in [^:]*)?|updated problem(?: in [^:]*)?|ok)\s*:\s*/i, '') || name;

/** `2026.11.21` and `01:22:03` in the server's own zone, which nothing tells: read as UTC only with an epoch beside it. */
const atOf = (date: string | null, clock: string | null, pick: Pick) => {
  const epoch = time.parse(pick('clock', 'eventtimestamp', 'timestamp'));
  if (epoch !== null) return epoch;
  const day = date?.replaceAll('.', '-') ?? '';
  return /^\d{4}-\d\d-\d\d$/.test(day) && /^\d\d:\d\d:\d\d$/.test(clock ?? '')
    ? null
    : time.parse(pick('eventiso', 'startsat', 'startedat'));
};

const labelsOf = (payload: Payload, pick: Pick, host: string | null): Record<string, string> => {
  const raw =
    payload.tags ?? payload.event_tags ?? payload.eventTags ?? pick('eventtagsjson', 'eventtags', 'tags');
  const extra = { host, hostgroup: pick('hostgroup', 'triggerhostgroupname'), trigger_id: pick('triggerid') };
  const known = Object.entries(extra).filter((pair): pair is [string, string] => pair[1] !== null);
  return { ...tagsIn(raw), ...Object.fromEntries(known) };
};

/** Tags as a list of objects, as JSON of one, or as `Application:CPU, env:prod`. */
const tagsIn = (raw: unknown): Record<string, string> => {
  if (typeof raw === 'string' && raw.trim().startsWith('[')) {
    try {
      return tagsIn(JSON.parse(raw));
    } catch {
      return {};
    }
  }
  const pairs = Array.isArray(raw)
    ? raw.map((one) => (typeof one === 'object' && one ? [one.tag ?? one.name, one.value ?? ''] : [one, '']))
    : typeof raw === 'string'
      ? raw.split(/\s*,\s*/).map((one) => [one.split(':')[0], one.split(':').slice(1).join(':')])
      : [];
  return Object.fromEntries(
    pairs
      .filter(([tag]) => typeof tag === 'string' && tag !== '')
      .map(([tag, value]) => [tag, String(value) || 'true']),
  );
};

/** The hosts of a streamed event. */
const hostsIn = (payload: Payload): MachineHint[] =>
  (Array.isArray(payload.hosts) ? payload.hosts : []).flatMap((host) => {
    const names = typeof host === 'object' && host !== null ? [host.host, host.name] : [host];
    return names.flatMap((name) => (typeof name === 'string' ? machineHints(name, 'hosts') : []));
  });

const linkOf = (pick: Pick, trigger: string | null, event: string | null): string | null => {
  const given = pick('triggerurl', 'eventurl', 'link', 'url');
  if (given !== null) return given;
  const home = pick('zabbixurl');
  if (home === null || trigger === null || event === null) return null;
  const query = new URLSearchParams({ triggerid: trigger, eventid: event });
  return `${home.replace(/\/$/, '')}/tr_events.php?${query}`;
};
