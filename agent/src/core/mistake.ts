/** Says what is wrong with the text of this machine's policy file, in words that follow "line 3: ". */
export class Mistake extends Error {}

export const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** @throws Mistake for a key that nobody would read. */
export const onlyKeys = (value: Record<string, unknown>, keys: readonly string[], where: string): void => {
  const strange = Object.keys(value).find((key) => !keys.includes(key));
  if (strange !== undefined)
    throw new Mistake(`${where} has "${strange}", which is not one of ${keys.join(', ')}`);
};
