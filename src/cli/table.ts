// biome-ignore lint/suspicious/noControlCharactersInRegex: colour sequences are what it looks for
const colourSequence = /\u001B\[\d+m/g;

/** Columns as wide as their widest cell. */
export const table = (rows: string[][]): string => {
  const width = (cell: string): number => cell.replace(colourSequence, '').length;
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => width(row[i] ?? ''))));
  return rows
    .map((row) =>
      row
        .map((cell, i) => cell + ' '.repeat((widths[i] ?? 0) - width(cell)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
};
