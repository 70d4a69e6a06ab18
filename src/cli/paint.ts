import colors from 'yoctocolors';

/** Colours for a terminal that a person looks at; plain text for pipes, files and NO_COLOR (no-color.org). */
export const paint: Pick<typeof colors, 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan'> = process.stdout
  .isTTY
  ? colors
  : {
      bold: String,
      dim: String,
      red: String,
      green: String,
      yellow: String,
      cyan: String,
    };
