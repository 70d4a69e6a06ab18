const blocks = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/**
 * Percents of the last hour as a row of blocks, the highest of each slice; a blank where nothing was heard.
 *
 * @param width in characters.
 */
export const spark = (values: readonly (number | null)[], width: number): string => {
  const slice = Math.max(1, Math.ceil(values.length / width));
  const columns: string[] = [];
  // From the end, so that the newest slice is whole.
  for (let end = values.length; end > 0; end -= slice) {
    const known = values.slice(Math.max(0, end - slice), end).filter((value) => value !== null);
    const top = known.length === 0 ? null : Math.max(...known);
    columns.unshift(top === null ? ' ' : (blocks[Math.min(7, Math.floor((top / 100) * 8))] ?? ' '));
  }
  return columns.join('');
};
