/** What the process ends with, for scripts. Listed in `nerdy --help`. */
export const ExitCode = {
  done: 0,
  /** The task ended another way than well: a run failed, it was rejected, no script was found. */
  endedBadly: 1,
  usage: 2,
  unreachable: 3,
  /** It waits for a person: for a decision, or for an answer to a question. */
  waiting: 4,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** Ends the command with a sentence on stderr and this code. */
export class CliError extends Error {
  readonly code = 'cli_error';
  readonly exitCode: ExitCode;
  constructor(message: string, exitCode: ExitCode) {
    super(message);
    this.name = 'CliError';
    this.exitCode = exitCode;
  }
}

/** The server could not do it now and may another time: nobody answers at its address, or it has a fault. */
export class ServerDown extends CliError {
  /** True where nobody answered at all: it may be restarting. */
  readonly isAway: boolean;
  constructor(message: string, isAway: boolean) {
    super(message, ExitCode.unreachable);
    this.name = 'ServerDown';
    this.isAway = isAway;
  }
}
