import { z } from 'zod';
import type { Instant } from '../core/task.ts';

/*
 * What payloads are read by: tolerant of what is missing, null or more than is asked for, and of numbers for texts;
 * strict on what has the wrong form (a list where a text should be), since that is another payload, not a variant.
 */

/** A text, number or boolean as a text; null where it is missing, null or blank. */
export const text = z
  .unknown()
  .optional()
  .transform((value, context): string | null => {
    if (value === undefined || value === null) return null;
    if (typeof value === 'object') {
      context.addIssue({ code: 'custom', message: 'must be a text' });
      return z.NEVER;
    }
    return String(value).trim() || null;
  });

/** A text's name or number, whatever is there; null for what is no scalar. For places that vendors fill as they like. */
export const scalar = z
  .unknown()
  .optional()
  .transform((value): string | null =>
    value === undefined || value === null || typeof value === 'object' ? null : String(value).trim() || null,
  );

/** An object of anything as texts; what is nested stays as JSON, and what is null or blank falls out. */
export const words = z
  .unknown()
  .optional()
  .transform((value, context): Record<string, string> => {
    if (value === undefined || value === null) return {};
    if (typeof value !== 'object' || Array.isArray(value)) {
      context.addIssue({ code: 'custom', message: 'must be a JSON object' });
      return z.NEVER;
    }
    const found = Object.entries(value).map(([key, one]) => [key, wordOf(one)] as const);
    return Object.fromEntries(found.filter(([, word]) => word !== ''));
  });

const wordOf = (value: unknown): string => {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value).trim();
};

/**
 * An instant: ISO 8601, or seconds, milliseconds, microseconds or nanoseconds since the epoch, as number or text. Null where
 * it is missing or is none, and for the year 1 by which Go's programs say "not yet".
 */
export const time = z
  .unknown()
  .optional()
  .transform((value): Instant | null =>
    typeof value === 'string' || typeof value === 'number' ? instantOf(value) : null,
  );

const instantOf = (value: string | number): Instant | null => {
  const number = Number(value);
  if (value === '' || !Number.isFinite(number)) return plausible(Date.parse(withColon(String(value))));
  if (number > 1e17) return plausible(number / 1e6);
  if (number > 1e14) return plausible(number / 1e3);
  return plausible(number > 1e11 ? number : number * 1_000);
};

/** CloudWatch writes its offset as `+0000`, which no engine has to read. */
const withColon = (date: string): string => date.replace(/([+-]\d\d)(\d\d)$/, '$1:$2');

const yearMs = 365 * 24 * 3_600_000;
/** Nothing that is monitored today began in the first year of the epoch; it is a zero that stands for nothing. */
const plausible = (at: number): Instant | null =>
  Number.isFinite(at) && at > yearMs && at < 200 * yearMs ? Math.round(at) : null;
