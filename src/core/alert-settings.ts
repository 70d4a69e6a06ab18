import { z } from 'zod';
import type { IncidentPlace } from './incident.ts';
import {
  alertRoutesMax,
  hintCharsMax,
  incidentCloseDaysMax,
  incidentCloseMs,
  machineRulesMax,
  stormIncidentsMax,
  stormWindowMs,
} from './limits.ts';
import { isTimeZone, type QuietHours } from './quiet-hours.ts';
import type { StormBounds } from './storm.ts';

/** Where alerts go. The first route of which all matches fit decides. */
export interface AlertRoute {
  /** Labels and fields of the alert, each with a pattern in which `*` stands for anything. */
  match: Readonly<Record<string, string>>;
  /** Null keeps them in the lists alone. */
  channel: IncidentPlace | null;
  quietHours: QuietHours | null;
}

/** How a label becomes a machine's name where it isn't one. */
export interface MachineRule {
  /** Of the alert; null for every word that may be a machine. */
  label: string | null;
  pattern: string;
  /** With `$1` for what the pattern's first group took. */
  machine: string;
}

/** What nerdyops.yml says under `alerts`. */
export interface AlertSettings {
  routes: readonly AlertRoute[];
  /** Where alerts go that no route fits and whose hook has no channel; null keeps them in the lists. */
  channel: IncidentPlace | null;
  quietHours: QuietHours | null;
  storm: StormBounds;
  machines: readonly MachineRule[];
  /** An incident of which nothing was heard for so long is closed; null for never. */
  closeAfterMs: number | null;
  /** `always`: each new incident is looked into by itself, as far as the rules let it. */
  diagnose: 'always' | 'asked';
}

const channelWords = 'must be written as surface:channel, for example slack:C024BE7LH, or none';
const channel = z.string().transform((text, context): IncidentPlace | null => {
  if (text === 'none') return null;
  const found = /^([a-z][a-z0-9-]*):([^\s:]{1,128})$/.exec(text);
  if (found?.[1] && found[2]) return { surface: found[1], channel: found[2] };
  context.addIssue({ code: 'custom', message: channelWords });
  return z.NEVER;
});

const timeOfDay = z
  .string()
  .regex(/^([01]?\d|2[0-3]):[0-5]\d$/, 'must be a time of day in quotes, for example "22:00"')
  .transform((text) => {
    const [hours, minutes] = text.split(':').map(Number);
    return (hours ?? 0) * 60 + (minutes ?? 0);
  });
const pattern = z.string().min(1).max(hintCharsMax);

const quietHours = z
  .strictObject({
    from: timeOfDay,
    to: timeOfDay,
    timezone: z.string().refine(isTimeZone, 'must be a time zone, for example Europe/Berlin'),
    except: z.array(z.enum(['critical', 'error', 'warning', 'info'])).default(['critical']),
  })
  .refine(({ from, to }) => from !== to, { path: ['to'], error: 'must be another time than "from"' });

const route = z.strictObject({
  match: z.record(z.string().min(1), pattern).default({}),
  channel,
  quietHours: quietHours.nullable().default(null),
});

const isPattern = (text: string): boolean => {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
};
const machineRule = z.strictObject({
  label: z.string().min(1).nullable().default(null),
  pattern: pattern.refine(isPattern, 'must be a regular expression'),
  machine: z.string().min(1).max(hintCharsMax),
});

const dayMs = 24 * 3_600_000;

const fields = {
  routes: z.array(route).max(alertRoutesMax).default([]),
  channel: channel.nullable().default(null),
  quietHours: quietHours.nullable().default(null),
  storm: z
    .strictObject({
      incidents: z.int().min(1).max(10_000).default(stormIncidentsMax),
      minutes: z
        .number()
        .positive()
        .max(60)
        .default(stormWindowMs / 60_000),
    })
    .prefault({})
    .transform(({ incidents, minutes }): StormBounds => ({ incidents, windowMs: minutes * 60_000 })),
  machines: z.array(machineRule).max(machineRulesMax).default([]),
  closeAfterDays: z
    .union([z.number().positive().max(incidentCloseDaysMax), z.literal('never')])
    .default(incidentCloseMs / dayMs),
  diagnose: z.enum(['always', 'asked']).default('always'),
};

/** `alerts` in nerdyops.yml. Each mistake is a sentence at its own place. */
export const alertSettingsShape = z.strictObject(fields).transform(
  ({ closeAfterDays, ...said }): AlertSettings => ({
    ...said,
    closeAfterMs: closeAfterDays === 'never' ? null : closeAfterDays * dayMs,
  }),
);

/** What holds where nerdyops.yml says nothing of alerts. */
export const defaultAlertSettings: AlertSettings = alertSettingsShape.parse({});
