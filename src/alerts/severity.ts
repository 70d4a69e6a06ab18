import { Severity } from '../core/alert.ts';

/** Words of many sources for how bad it is. A source with a scale of its own (Azure's Sev0 to Sev4) translates by itself. */
const levels: Readonly<Record<Severity, string>> = {
  critical:
    'critical crit fatal emergency emerg disaster page pager alert urgent severe blocker p0 p1 s1 sev0 sev1',
  error: 'error err high major p2 s2 sev2',
  warning: 'warning warn medium moderate average minor p3 s3 sev3 degraded',
  info: 'info information informational notice low debug verbose trivial none ok normal test p4 p5 s4 sev4 sev5',
};

const byWord: ReadonlyMap<string, Severity> = new Map(
  Object.values(Severity).flatMap((level) => (levels[level] ?? '').split(' ').map((word) => [word, level])),
);

/** The level that the source's own word for it means; null where nobody can tell. */
export const levelOf = (severity: string | null): Severity | null =>
  severity === null
    ? null
    : (byWord.get(
        severity
          .trim()
          .toLowerCase()
          .replace(/^(sev|p|s)[ -]?(\d)$/, '$1$2'),
      ) ?? null);
