/** How a command ended, for programs: init systems, install scripts. */
export const ExitCode = {
  ok: 0,
  /** A fault: the disk, a bug. */
  fault: 1,
  /** Wrong use; another try says the same. */
  usage: 2,
  /** The server, or a rule of this command, said no; the sentence says why. */
  refused: 3,
  /** The server could not be reached; the same again may do. */
  unreachable: 4,
  /** This machine has joined no server; a restart changes nothing. */
  notJoined: 5,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** What a command says, and how it ends. */
export interface CommandReport {
  text: string;
  exitCode: ExitCode;
}
