/** Keeps at most so many, the latest noted. */
export const remember = <K, V>(map: Map<K, V>, key: K, value: V, countMax: number): void => {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > countMax && oldest !== undefined) map.delete(oldest);
};
