import { createHash } from 'node:crypto';
import type { z } from 'zod';
import type { Alert, AlertSource, AlertStatus, MachineHint, Severity } from '../core/alert.ts';
import { problemWords } from '../core/problem-words.ts';
import type { Instant } from '../core/task.ts';
import {
  keyCharsMax,
  labelNameCharsMax,
  labelsOfAlertMax,
  labelValueCharsMax,
  linkCharsMax,
  summaryCharsMax,
  titleCharsMax,
  wordCharsMax,
} from './limits.ts';
import { machinesIn, orderedMachines } from './machines.ts';
import { levelOf } from './severity.ts';

/** What a payload came to. */
export type Told =
  /** `id`: the delivery's own, where the payload has one. */
  | { kind: 'alerts'; alerts: Alert[]; id: string | null }
  /** The source's own, but of nothing that is wrong: a comment, a ping. Continues "Nothing was kept: ". */
  | { kind: 'nothing'; why: string }
  /** Not a payload of this source. `problem` is a sentence's end: `"alerts" must be a list.` */
  | { kind: 'foreign'; problem: string };

/** Reads one source's payload. Pure: `now` is for what a source tells only by comparing with it. */
export type AlertParser = (body: unknown, now: Instant) => Told;

export const parserOf =
  <T>(schema: z.ZodType<T>, tell: (payload: T, now: Instant) => Told): AlertParser =>
  (body, now) => {
    const parsed = schema.safeParse(body, { reportInput: true });
    return parsed.success
      ? tell(parsed.data, now)
      : { kind: 'foreign', problem: problemWords(parsed.error).slice(0, summaryCharsMax) };
  };

/** What a parser knows of an alert; the rest follows from it. */
export interface AlertFacts {
  source: AlertSource;
  key: string;
  group?: string | null;
  status: AlertStatus;
  title: string | null;
  summary?: string | null;
  severity?: string | null;
  /** Where the source's scale is not the usual one; null and missing are the usual. */
  level?: Severity | null;
  startsAt?: Instant | null;
  endsAt?: Instant | null;
  /** Of one that fires: until when the source says that it holds, unless it says so again; null and missing for nothing said. */
  holdsUntil?: Instant | null;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  /** The machines that the source names outside labels and annotations. */
  machines?: MachineHint[];
  link?: string | null;
  value?: string | null;
}

/** The alert within its bounds, with the machines that its labels and annotations name. */
export const alertOf = (facts: AlertFacts): Alert => {
  const labels = bounded(facts.labels ?? {});
  const annotations = bounded(facts.annotations ?? {});
  const severity = cut(facts.severity ?? null, wordCharsMax);
  const machines = [
    ...(facts.machines ?? []),
    ...machinesIn(labels, 'labels'),
    ...machinesIn(annotations, 'annotations'),
  ];
  const title = cut(facts.title ?? null, titleCharsMax) ?? `An alert of ${facts.source}`;
  const summary = cut(facts.summary ?? null, summaryCharsMax);
  return {
    source: facts.source,
    key: boundedKey(facts.key),
    group: boundedKey(facts.group || facts.key),
    status: facts.status,
    title,
    summary: summary === title ? null : summary,
    severity,
    level: facts.level ?? levelOf(severity),
    startsAt: facts.startsAt ?? null,
    endsAt: (facts.status === 'resolved' ? facts.endsAt : facts.holdsUntil) ?? null,
    labels,
    annotations,
    machines: orderedMachines(machines),
    link: linkOf(facts.link ?? null),
    value: cut(facts.value ?? null, wordCharsMax),
  };
};

/** Parts that together tell one thing from another, none of which can run into its neighbour. */
export const keyOf = (...parts: (string | null)[]): string =>
  parts.length === 1 && parts[0] ? parts[0] : JSON.stringify(parts);

const boundedKey = (key: string): string =>
  key.length <= keyCharsMax ? key : `sha256:${createHash('sha256').update(key).digest('hex')}`;

const cut = (text: string | null, charsMax: number): string | null => {
  const trimmed = text?.trim();
  if (!trimmed) return null;
  return trimmed.length <= charsMax ? trimmed : `${trimmed.slice(0, charsMax - 1).trimEnd()}…`;
};

const bounded = (texts: Record<string, string>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(texts)
      .slice(0, labelsOfAlertMax)
      .map(([name, value]) => [name.slice(0, labelNameCharsMax), cut(value, labelValueCharsMax) ?? '']),
  );

/** Only what a person can open in a browser: `javascript:` and the like are none. */
const linkOf = (text: string | null): string | null => {
  if (text === null || text.length > linkCharsMax || !/^https?:/i.test(text)) return null;
  return URL.canParse(text) ? text : null;
};
