import { type Alert, AlertStatus } from '../core/alert.ts';
import { type Evaluated, evaluate } from './expression.ts';
import { text, time, words } from './fields.ts';
import { alertsInDeliveryMax } from './limits.ts';
import { machineHints } from './machines.ts';
import type { Mapping } from './mapping-shape.ts';
import { alertOf, type Told } from './told.ts';

/** All expressions on one delivery; each has a bound of its own besides. */
const totalMsMax = 2_000;

/** Reads a payload by a mapping. A field that fails says which, and nothing of the delivery is taken. */
export const generic = async (
  mapping: Mapping,
  payload: unknown,
  ms: () => number = performance.now.bind(performance),
): Promise<Told> => {
  const until = ms() + totalMsMax;
  const list = mapping.each === undefined ? one(payload) : await evaluate(mapping.each, payload);
  if (list.kind === 'failed') return failed('each', list.problem);
  const items = Array.isArray(list.value) ? list.value : list.value === undefined ? [] : [list.value];
  if (items.length === 0) return { kind: 'nothing', why: 'the mapping\'s "each" found nothing in it.' };
  if (items.length > alertsInDeliveryMax)
    return {
      kind: 'foreign',
      problem: `the mapping's "each" gives more than ${alertsInDeliveryMax} alerts.`,
    };
  const alerts: Alert[] = [];
  for (const item of items) {
    if (ms() > until) return { kind: 'foreign', problem: 'the mapping takes too long on it.' };
    const told = await alertBy(mapping, item);
    if (typeof told === 'string') return { kind: 'foreign', problem: told };
    alerts.push(told);
  }
  return { kind: 'alerts', alerts, id: null };
};

const one = (value: unknown): Evaluated => ({ kind: 'value', value });

const failed = (field: string, problem: string): Told => ({
  kind: 'foreign',
  problem: `the mapping's "${field}" fails on it: ${problem}.`,
});

/** The alert of one thing, or the end of a sentence that says which field failed. */
const alertBy = async (mapping: Mapping, item: unknown): Promise<Alert | string> => {
  const found: Partial<Record<keyof Mapping, unknown>> = {};
  for (const field of Object.keys(mapping) as (keyof Mapping)[]) {
    const expression = mapping[field];
    if (field === 'each' || expression === undefined) continue;
    const got = await evaluate(expression, item);
    if (got.kind === 'failed') return `the mapping's "${field}" fails on it: ${got.problem}.`;
    found[field] = got.value;
  }
  const read = (field: keyof Mapping): string | null => text.safeParse(found[field]).data ?? null;
  const key = read('key');
  if (key === null)
    return 'the mapping\'s "key" gives no text, by which an alert is known when it is told again.';
  const title = read('title');
  if (title === null) return 'the mapping\'s "title" gives no text.';
  const status = statusOf(mapping.status === undefined ? 'firing' : read('status'));
  if (status === null)
    return `the mapping's "status" gives ${JSON.stringify(found.status)?.slice(0, 60) ?? 'nothing'}; it must be firing, acknowledged or resolved.`;
  const labels = words.safeParse(found.labels);
  const annotations = words.safeParse(found.annotations);
  if (!labels.success || !annotations.success)
    return `the mapping's "${labels.success ? 'annotations' : 'labels'}" must give a JSON object.`;
  const machines = Array.isArray(found.machine) ? found.machine : [found.machine];
  return alertOf({
    source: 'generic',
    key,
    group: read('group'),
    status,
    title,
    summary: read('summary'),
    severity: read('severity'),
    startsAt: time.parse(found.startsAt),
    endsAt: time.parse(found.endsAt),
    labels: labels.data,
    annotations: annotations.data,
    machines: machines.flatMap((name) =>
      machineHints(text.safeParse(name).data ?? null, "the mapping's machine"),
    ),
    link: read('link'),
    value: read('value'),
  });
};

const statuses: Readonly<Record<AlertStatus, string>> = {
  firing:
    'firing problem alert alerting alarm open opened active triggered down failed failure critical error warning warn true 1',
  acknowledged: 'acknowledged acked ack',
  resolved:
    'resolved ok okay closed close inactive recovered recovery up success succeeded healthy normal false 0',
};

const statusOf = (word: string | null): AlertStatus | null =>
  Object.values(AlertStatus).find((status) =>
    statuses[status].split(' ').includes(word?.toLowerCase() ?? ''),
  ) ?? null;
