import type { Instant } from './task.ts';

/** The instant in UTC, as ISO 8601 has it; what no calendar has is written as the number that it is. */
export const iso = (at: Instant): string => {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? String(at) : date.toISOString();
};
