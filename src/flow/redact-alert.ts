import type { Alert, MachineHint } from '../core/alert.ts';
import type { CarefulRedactor } from './careful-redactor.ts';

/**
 * A delivery's alerts, and what was received of them, without their secrets (law 5). Nearly all hold none, and a
 * redactor's time is in its calls more than in their length: so all texts are looked at in one, and one by one only where
 * that found something or failed. Lines are looked at each by itself, so none hides another's secret.
 */
export const redactDelivery = (
  alerts: readonly Alert[],
  raw: string,
  redactor: CarefulRedactor,
): { alerts: readonly Alert[]; raw: string } => {
  if (isClean([raw, ...alerts.flatMap(textsOf)], redactor)) return { alerts, raw };
  return { alerts: alerts.map((alert) => redactAlert(alert, redactor)), raw: redactor.text(raw) };
};

const redactAlert = (alert: Alert, redactor: CarefulRedactor): Alert =>
  isClean(textsOf(alert), redactor) ? alert : redactEach(alert, redactor);

const isClean = (texts: readonly string[], redactor: CarefulRedactor): boolean => {
  const all = texts.join('\n');
  return redactor.redact(all) === all;
};

const textsOf = (alert: Alert): string[] => [
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
