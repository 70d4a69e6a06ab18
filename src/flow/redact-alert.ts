import type { Alert, MachineHint } from '../core/alert.ts';
import { type CarefulRedactor, withheldText } from './careful-redactor.ts';
import { halfSecretCharsMax, receivedCharsMax } from './limits.ts';

/**
 * A delivery's alerts, and what is kept of what was received, without their secrets (law 5). Nearly all hold none, and a
 * redactor's time is in its calls more than in their length: so all texts are looked at in one, and one by one only where
 * that found something or failed. Lines are looked at each by itself, so none hides another's secret.
 */
export const redactDelivery = (
  alerts: readonly Alert[],
  raw: string,
  redactor: CarefulRedactor,
): { alerts: readonly Alert[]; raw: string } => {
  const looked = raw.slice(0, receivedCharsMax + halfSecretCharsMax);
  const isCut = looked.length < raw.length;
  if (isClean([looked, ...alerts.flatMap(textsOf)], redactor)) return { alerts, raw: keptOf(looked, isCut) };
  const redacted = redactor.redact(looked);
  return {
    alerts: alerts.map((alert) => redactAlert(alert, redactor)),
    raw: redacted === null ? withheldText : keptOf(redacted, isCut),
  };
};

/** Of a text that goes on, the end may be the half of a secret, which looks like none. */
const keptOf = (redacted: string, isCut: boolean): string =>
  isCut
    ? redacted.slice(0, Math.max(0, redacted.length - halfSecretCharsMax)).slice(0, receivedCharsMax)
    : redacted;

const redactAlert = (alert: Alert, redactor: CarefulRedactor): Alert =>
  isClean(textsOf(alert), redactor) ? alert : redactEach(alert, redactor);

const isClean = (texts: readonly string[], redactor: CarefulRedactor): boolean => {
  const all = texts.join('\n');
  return redactor.redact(all) === all;
};

const textsOf = (alert: Alert): string[] => [
  // Sources make their keys of labels.
  alert.key,
  alert.group,
  alert.title,
  alert.summary ?? '',
  alert.severity ?? '',
  alert.link ?? '',
  alert.value ?? '',
  ...pairsOf(alert.labels),
  ...pairsOf(alert.annotations),
  ...alert.machines.map((m) => m.value),
];

/** A name tells what its value is: `password=…` is found where the value alone is not. */
const pairsOf = (record: Readonly<Record<string, string>>): string[] =>
  Object.entries(record).map(([name, value]) => `${name}=${value}`);

const redactEach = (alert: Alert, redactor: CarefulRedactor): Alert => {
  const text = (of: string): string => redactor.text(of);
  const maybe = (of: string | null): string | null => (of === null ? null : text(of));
  return {
    ...alert,
    key: text(alert.key),
    group: text(alert.group),
    title: text(alert.title),
    summary: maybe(alert.summary),
    severity: maybe(alert.severity),
    // Half an address leads nowhere.
    link: alert.link !== null && text(alert.link) === alert.link ? alert.link : null,
    value: maybe(alert.value),
    labels: record(alert.labels, redactor),
    annotations: record(alert.annotations, redactor),
    machines: alert.machines.map((m): MachineHint => ({ ...m, value: text(m.value) })),
  };
};

const record = (of: Readonly<Record<string, string>>, redactor: CarefulRedactor): Record<string, string> =>
  Object.fromEntries(
    Object.entries(of).map(([name, value]) => {
      const both = redactor.text(`${name}=${value}`);
      const isWhole = both.startsWith(`${name}=`);
      return [redactor.text(name), isWhole ? both.slice(name.length + 1) : both];
    }),
  );
