// npm run eval:webhooks -- <folder> [--full]
// Reads every payload of a folder with the parser of its source and shows the alerts that come out. The payloads stay where
// they are: others' licences. A file's source is the first that its name holds; what recorders and relays put around a
// payload ("body", "data") is taken off.
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { bundle } from './bundle.js';

const [given, ...options] = process.argv.slice(2);
if (!given) {
  console.error('Say the folder: npm run eval:webhooks -- <folder> [--full]');
  process.exit(2);
}
const folder = resolve(process.env.INIT_CWD ?? process.cwd(), given);
await bundle({ parsers: 'src/alerts/parsers.ts' }, 'dist/eval');
const { parsers } = await import('../dist/eval/parsers.js');

const names = {
  ...Object.fromEntries(Object.keys(parsers).map((source) => [source, source])),
  new_relic: 'newrelic',
  prometheus: 'alertmanager',
  azuremonitor: 'azure',
  stackdriver: 'google',
  sns: 'cloudwatch',
};
const sourceOf = (file) =>
  Object.entries(names)
    .sort(([a], [b]) => b.length - a.length)
    .find(([name]) => file.toLowerCase().includes(name))?.[1] ?? null;

const opened = (payload) => {
  let inner = payload;
  if (inner?.method && inner.headers && inner.body) inner = inner.body;
  if (inner?.ReceiptHandle && inner.Body) inner = JSON.parse(inner.Body);
  if (inner?.data && inner.timestamp && inner.type) inner = inner.data;
  if (inner?.Type === 'Notification' && inner.Message) inner = JSON.parse(inner.Message);
  return inner;
};

let bad = 0;
for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
  const source = sourceOf(file);
  const payload = opened(JSON.parse(readFileSync(join(folder, file), 'utf8')));
  if (payload?.Type === 'SubscriptionConfirmation') {
    console.log(`${file}\n  answered by visiting its SubscribeURL, no alert`);
    continue;
  }
  const told = source ? parsers[source](payload, Date.now()) : { kind: 'foreign', problem: 'of no source' };
  if (told.kind === 'alerts') {
    for (const alert of told.alerts) {
      console.log(
        `${file}\n  ${options.includes('--full') ? JSON.stringify(alert, null, 2) : lineOf(alert)}`,
      );
    }
    continue;
  }
  bad++;
  console.log(`${file}\n  ${told.kind}: ${told.problem ?? told.why}`);
}
console.log(bad === 0 ? 'All are alerts.' : `${bad} are none.`);
process.exit(bad === 0 ? 0 : 1);

function lineOf(alert) {
  const at = (instant) => (instant === null ? '-' : new Date(instant).toISOString());
  const machines = alert.machines.map(({ value, from }) => `${value} (${from})`).join(', ') || 'no machine';
  return [
    `${alert.source} ${alert.status} "${alert.title}" ${alert.severity ?? '-'}=${alert.level ?? '-'} ${at(alert.startsAt)}..${at(alert.endsAt)}`,
    `key ${alert.key} group ${alert.group}`,
    `${machines}; value ${alert.value ?? '-'}; ${alert.link ?? 'no link'}`,
  ].join('\n    ');
}
