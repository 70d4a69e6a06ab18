import { words } from './fields.ts';

/** A free form of details, at its top or under `details`, as texts; nothing where it is no object. */
export const looseDetails = (value: unknown): Record<string, string> => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {};
  const inner = 'details' in value ? value.details : value;
  const read = words.safeParse(inner);
  return read.success ? read.data : {};
};
