import { labelPattern } from '../core/labels.ts';
import { CliError, ExitCode } from './exit-code.ts';

/** `--label key=value`, which may be repeated. @throws CliError for what is no label. */
export const collectLabel = (value: string, before: string[]): string[] => {
  labelOf(value);
  return [...before, value];
};

/** Labels as people type them, as a record. @throws CliError for what is no label. */
export const labelsFrom = (pairs: readonly string[]): Record<string, string> =>
  Object.fromEntries(pairs.map(labelOf));

const labelOf = (pair: string): [string, string] => {
  const [key = '', value = '', ...rest] = pair.split('=');
  if (rest.length === 0 && labelPattern.test(key) && labelPattern.test(value)) return [key, value];
  throw new CliError(
    `A label is key=value of letters, digits, "_", "." and "-", not "${pair}".`,
    ExitCode.usage,
  );
};
