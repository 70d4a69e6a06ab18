import type { AuditFilter } from '../core/audit-filter.ts';
import { CliError, ExitCode } from './exit-code.ts';

/** A filter as people type it. */
export interface FilterOptions {
  actor?: string;
  task?: string;
  agent?: string;
  kind?: string;
  since?: string;
  until?: string;
}

const unitMs: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 };

/** @param now what "2h" counts back from. @throws CliError for what can't be read. */
export const filterOf = (options: FilterOptions, now: number): AuditFilter => {
  const { actor, agent, kind, task, since, until } = options;
  return {
    ...(actor === undefined ? {} : { actor }),
    ...(agent === undefined ? {} : { agent }),
    ...(kind === undefined ? {} : { kind }),
    ...(task === undefined ? {} : { task: taskOf(task) }),
    ...(since === undefined ? {} : { since: timeOf('--since', since, now, 0) }),
    ...(until === undefined ? {} : { until: timeOf('--until', until, now, 86_400_000 - 1) }),
  };
};

const taskOf = (text: string): number => {
  const number = Number(text.replace(/^#/, ''));
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new CliError(`"${text}" is not a task's number. It looks like 1042 or #1042.`, ExitCode.usage);
};

/** @param ofDayMs which moment of a day is meant where only the day is said. */
const timeOf = (option: string, text: string, now: number, ofDayMs: number): number => {
  const ago = /^(\d{1,6})([mhdw])$/.exec(text);
  if (ago) return now - Number(ago[1]) * (unitMs[ago[2] ?? ''] ?? 0);
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const at = /^\d{4}-\d{2}-\d{2}([T ][\d:.]+(Z|[+-]\d{2}:?\d{2})?)?$/.test(text)
    ? Date.parse(text)
    : Number.NaN;
  if (!Number.isNaN(at)) return isDay ? at + ofDayMs : at;
  throw new CliError(
    `${option} takes a day (2026-05-31), a time (2026-05-31T14:00) or how long ago (90m, 2h, 7d), not "${text}".`,
    ExitCode.usage,
  );
};
