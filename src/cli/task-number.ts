import { CliError, ExitCode } from './exit-code.ts';

/** A task as people write it: `1042` or `#1042`. */
export const taskNumber = (text: string): number => {
  const number = Number(text.replace(/^#/, ''));
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new CliError(`"${text}" is not a task's number. It looks like 1042 or #1042.`, ExitCode.usage);
};
