import type { VNode } from 'preact';

const height = 14;
/** Fewer minutes than this are a dash, not a line. */
const minutesMin = 3;

/** Pieces of the line: it is broken where nothing was heard. */
const pieces = (values: readonly (number | null)[]): string[] => {
  const found: string[][] = [[]];
  for (const [minute, value] of values.entries()) {
    if (value === null) found.push([]);
    else found.at(-1)?.push(`${minute},${(height - 1 - (value / 100) * (height - 2)).toFixed(1)}`);
  }
  return found.filter((points) => points.length > 1).map((points) => points.join(' '));
};

/** The last hour of one figure, in percent a minute, as a line; nothing while there is too little to draw. */
export const Spark = ({
  values,
  name,
}: {
  values: readonly (number | null)[];
  name: string;
}): VNode | null => {
  const known = values.filter((value) => value !== null);
  const lines = pieces(values);
  if (known.length < minutesMin || lines.length === 0) return null;
  const words = `${name}, last ${values.length} minutes: ${Math.min(...known)} to ${Math.max(...known)} %`;
  return (
    <svg
      class="spark"
      viewBox={`0 0 ${values.length - 1} ${height}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={words}
    >
      <title>{words}</title>
      {lines.map((points) => (
        <polyline key={points} points={points} />
      ))}
    </svg>
  );
};
