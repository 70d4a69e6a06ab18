import { CliError, ExitCode } from './exit-code.ts';

const units: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A time as people write it in an option: 30m, 2h, 1d. */
export const durationMs = (option: string, text: string): number => {
  const match = /^(\d{1,5}(?:\.\d{1,2})?)([mhd])$/.exec(text);
  const unit = units[match?.[2] ?? ''];
  if (match?.[1] && unit) return Math.round(Number(match[1]) * unit);
  throw new CliError(`${option} takes a time like 30m, 2h or 1d, not "${text}".`, ExitCode.usage);
};
