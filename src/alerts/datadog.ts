import { z } from 'zod';
import { AlertStatus, Severity } from '../core/alert.ts';
import { time } from './fields.ts';
import { looseFields, type Pick } from './loose-fields.ts';
import { machineHints } from './machines.ts';
import { type AlertParser, alertOf, keyOf, parserOf } from './told.ts';

/**
 * Datadog's webhook, whose body is a template of the sender's: the one that it comes with, or any that uses its variables
 * under names like theirs. https://docs.datadoghq.com/integrations/webhooks/
 */
export const datadog: AlertParser = parserOf(z.record(z.string(), z.unknown()), (payload) => {
  const pick = looseFields(payload);
  const headline = pick('eventtitle', 'title', 'alerttitle', 'monitorname');
  const said = headlineOf(headline ?? '');
  const transition =
    pick('alerttransition', 'transition', 'alertstate', 'monitorstate', 'state') ?? said.transition;
  const id = pick('alertid', 'monitorid') ?? monitorIn(pick('link', 'url'), pick('body', 'eventmsg'));
  if (headline === null && (transition === null || id === null)) {
    return { kind: 'foreign', problem: 'it has no "title", which Datadog\'s own template has.' };
  }
  const status = statusOf(transition, pick('alerttype'));
  const labels = labelsOf(pick, said.scope, payload);
  const at = time.parse(pick('date', 'lastupdated'));
  const alert = alertOf({
    source: 'datadog',
    // A monitor has one alert for each group that it watches; its scope says which.
    key: keyOf(id ?? said.title, pick('alertscope', 'scope') ?? said.scope ?? pick('hostname', 'host')),
    group: id ?? pick('aggregkey', 'aggregationkey') ?? said.title,
    status,
    title: said.title || headline || `Monitor ${id}`,
    summary: plain(pick('textonlymsg', 'body', 'eventmsg', 'message')),
    severity: pick('alertpriority', 'priority') ?? pick('alerttype') ?? transition,
    level: levelOf(pick('alerttype'), transition, pick('alertpriority', 'priority')),
    startsAt: status === AlertStatus.firing ? at : null,
    endsAt: at,
    labels,
    machines: machineHints(pick('hostname', 'host'), 'hostname'),
    link: pick('link', 'url') ?? linkIn(pick('body', 'eventmsg')),
    value: pick('value', 'alertvalue'),
  });
  return { kind: 'alerts', alerts: [alert], id: null };
});

/** `[Re-Triggered on {host:db1,env:prod}] [P1] CPU is high on db1` in its parts. */
const headlineOf = (headline: string) => {
  const [, transition, scope] =
    /^\[((?:Re-)?(?:Triggered|Warn|No Data|Recovered|Renotify)|Muted|OK)(?: on \{?([^}\]]*)\}?)?\]/i.exec(
      headline,
    ) ?? [];
  const title = headline.replace(/^(\[[^\]]*\]\s*)+/, (marks) => (/\[TEST\]/.test(marks) ? '[TEST] ' : ''));
  return { transition: transition ?? null, scope: scope || null, title };
};

const statusOf = (transition: string | null, type: string | null): AlertStatus => {
  if (transition !== null) {
    return /^(recovered|ok|resolved|success)$/i.test(transition) ? AlertStatus.resolved : AlertStatus.firing;
  }
  return /^success$/i.test(type ?? '') ? AlertStatus.resolved : AlertStatus.firing;
};

const levelOf = (
  type: string | null,
  transition: string | null,
  priority: string | null,
): Severity | null => {
  if (/^p[1-5]$/i.test(priority ?? '')) return null;
  if (/warn|no data/i.test(`${type} ${transition}`)) return Severity.warning;
  return /error|triggered/i.test(`${type} ${transition}`) ? Severity.error : null;
};

/** `host:db1,env:prod` as labels; a tag without a value says that it is there. */
const labelsOf = (pick: Pick, scope: string | null, payload: Record<string, unknown>) => {
  const listed = Array.isArray(payload.tags) ? payload.tags.map(String).join(',') : pick('tags');
  const tags = [listed, pick('alertscope', 'scope'), scope].filter((t) => t !== null).join(',');
  const pairs = tags
    .split(/\s*,\s*/)
    .map((tag) => /^([^:]+):(.+)$/s.exec(tag)?.slice(1) ?? [tag, 'true'])
    .filter((pair): pair is [string, string] => pair[0] !== '' && pair[0] !== '*');
  return Object.fromEntries(pairs);
};

const monitorIn = (link: string | null, body: string | null): string | null =>
  /monitors[/#]+(\d+)/.exec(`${link} ${body}`)?.[1] ?? null;

const linkIn = (body: string | null): string | null =>
  /\((https:\/\/[^\s()]*monitors[^\s()]*)\)/.exec(body ?? '')?.[1] ?? null;

/** Without the marks around Datadog's Markdown and the handles that the message called. */
const plain = (text: string | null): string | null =>
  text
    ?.replace(/^%%%|%%%$/g, '')
    .replace(/^@\S+\s*$/gm, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim() || null;
