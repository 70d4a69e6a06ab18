import { detailCharsMax } from './limits.ts';

/** What this machine's Bash says of a script's syntax. Only of one that it accepts is anything run. */
export type SyntaxVerdict =
  | { kind: 'accepted' }
  | { kind: 'rejected'; said: string }
  /** Nobody knows: the check itself did not come to its end. */
  | { kind: 'unchecked'; why: string };

/** How a `bash -n` ended, and what it had put out on its standard error. */
export interface CheckEnd {
  exitCode: number | null;
  signal: string | null;
  stderr: string;
}

/** A program that is not there or can't be run, as a shell or a loader says it: no word on the script. */
const notRunCodes: readonly (number | null)[] = [126, 127];

/** Reads the end of a `bash -n`. */
export const verdictOf = ({ exitCode, signal, stderr }: CheckEnd): SyntaxVerdict => {
  if (exitCode === 0) return { kind: 'accepted' };
  const said = firstLineOf(stderr);
  if (exitCode !== null && !notRunCodes.includes(exitCode) && said !== '') return { kind: 'rejected', said };
  const how = signal === null ? `ended with code ${exitCode ?? 'unknown'}` : `was ended by ${signal}`;
  return { kind: 'unchecked', why: `the check of its syntax ${how}`.slice(0, detailCharsMax) };
};

const firstLineOf = (stderr: string): string => {
  const line = stderr.split('\n').find((text) => text.trim() !== '') ?? '';
  return line
    .replace(/^bash: /, '')
    .trim()
    .slice(0, detailCharsMax);
};

/**
 * True when a script may switch `extglob` on before Bash reads its later lines: by name, or by a file or text that it
 * takes in. `bash -n` runs no `shopt`, so it would reject the patterns that are valid then.
 */
export const maySetExtglob = (script: string): boolean =>
  /extglob|(?:^|[;&|({]|\b(?:then|do|else)\b)[ \t]*(?:source|\.|eval)[ \t]/m.test(script);
