import type { Alert } from './alert.ts';
import type { AlertSettings } from './alert-settings.ts';
import type { IncidentPlace } from './incident.ts';
import { quietUntil } from './quiet-hours.ts';
import type { Instant } from './task.ts';

/** Where an alert goes, why there, and when people are told: null at once. */
export interface AlertWay {
  place: IncidentPlace | null;
  why: string;
  quietUntil: Instant | null;
}

/** The first route that fits, then the hook's own channel, then the one for all. Pure. */
export const routeAlert = (
  settings: Pick<AlertSettings, 'routes' | 'channel' | 'quietHours'>,
  alert: Alert,
  hook: { via: string; home: IncidentPlace | null },
  now: Instant,
): AlertWay => {
  const words = wordsOf(alert, hook.via);
  const index = settings.routes.findIndex(({ match }) =>
    Object.entries(match).every(([name, pattern]) => fits(pattern, words.get(name) ?? '')),
  );
  const route = settings.routes[index];
  const quiet = route?.quietHours ?? settings.quietHours;
  const isTold = quiet === null || (alert.level !== null && quiet.except.includes(alert.level));
  const until = isTold ? null : quietUntil(quiet, now);
  if (route)
    return { place: route.channel, why: `route ${index + 1} of nerdyops.yml fits`, quietUntil: until };
  if (hook.home) return { place: hook.home, why: "it is the hook's own channel", quietUntil: until };
  if (settings.channel)
    return {
      place: settings.channel,
      why: 'no route fits it, and this is the channel for all',
      quietUntil: until,
    };
  return { place: null, why: 'no route fits it, and no channel is set for the rest', quietUntil: until };
};

/** Labels, and beneath them what every alert has; but how it came in is known, and no label may say otherwise. */
const wordsOf = (alert: Alert, via: string): ReadonlyMap<string, string> =>
  new Map([
    ...Object.entries({
      title: alert.title,
      severity: alert.severity ?? alert.level ?? '',
      level: alert.level ?? '',
    }),
    ...Object.entries(alert.labels),
    ['source', alert.source],
    ['hook', via],
  ]);

/** In any case; `*` is anything. Written without a regular expression, since the text is anybody's. */
const fits = (pattern: string, text: string): boolean => {
  const parts = pattern.toLowerCase().split('*');
  const low = text.toLowerCase();
  const [first = '', ...rest] = parts;
  if (rest.length === 0) return low === first;
  const last = rest.pop() ?? '';
  if (!low.startsWith(first) || low.length < first.length + last.length || !low.endsWith(last)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = low.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= low.length - last.length;
};
