/** The text with everything but letters and digits cut off, small: `EVENT.ID`, `event_id` and `eventId` are one name. */
export const plainName = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '');

/** The texts that are there. */
export const present = (texts: Record<string, string | null>): Record<string, string> =>
  Object.fromEntries(Object.entries(texts).filter((pair): pair is [string, string] => pair[1] !== null));
