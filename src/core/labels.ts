import { labelsMax } from './limits.ts';

/** A label's key or value: what enrolment accepts, and what a request can say. */
export const labelPattern = /^[A-Za-z0-9_.-]{1,63}$/;

/** Why labels can't be a machine's, continuing "can't be used:"; null where they can. */
export const labelsProblem = (labels: Readonly<Record<string, string>>): string | null => {
  const pairs = Object.entries(labels);
  if (pairs.length > labelsMax) return `there are ${pairs.length}, and a machine has at most ${labelsMax}`;
  const odd = pairs.find(([key, value]) => !labelPattern.test(key) || !labelPattern.test(value));
  return odd ? `"${odd.join('=').slice(0, 130)}" is none` : null;
};
