import { createWriteStream } from 'node:fs';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { exportHeadLine, exportLine } from '../core/audit-export.ts';
import { type AuditFilter, isWanted } from '../core/audit-filter.ts';
import type { AuditSource } from '../ports/audit-source.ts';
import { openAuditFile } from './audit-file.ts';
import { CliError, ExitCode } from './exit-code.ts';

/** `nerdy audit export`: the log as JSON Lines, with what somebody else needs to verify it. */
export const exportCommand = async (
  path: string,
  filter: AuditFilter,
  out: string | null,
): Promise<ExitCode> => {
  const source = await openAuditFile(path);
  try {
    const written = { entries: 0 };
    const lines = Readable.from(linesOf(source, filter, written));
    if (out === null) await toStdout(lines);
    else {
      await toFile(lines, out);
      console.log(`${written.entries} ${written.entries === 1 ? 'entry' : 'entries'} in ${out}`);
    }
    return ExitCode.done;
  } finally {
    source.close();
  }
};

async function* linesOf(
  source: AuditSource,
  filter: AuditFilter,
  written: { entries: number },
): AsyncGenerator<string> {
  const isWhole = Object.keys(filter).length === 0 && !source.isPartial;
  const { head, signers } = source;
  const first = { format: 'nerdyops audit', v: 1, signers, head } as const;
  yield `${exportHeadLine({ ...first, filter: isWhole ? null : filter })}\n`;
  for await (const { entry, seal, where } of source.records()) {
    if (!entry) {
      throw new CliError(
        `The record at ${where} can't be read, so nothing further is exported. \`nerdy audit verify\` says more.`,
        ExitCode.endedBadly,
      );
    }
    if (!isWanted(entry, filter)) continue;
    written.entries++;
    yield `${exportLine(entry, seal)}\n`;
  }
}

/** A reader that has seen enough (`| head`) ends it, and that is no fault. */
const toStdout = (lines: Readable): Promise<void> =>
  pipeline(lines, process.stdout as Writable, { end: false }).catch((err: NodeJS.ErrnoException) => {
    if (err.code !== 'EPIPE') throw err;
  });

/** Others on this machine have no business with who did what. */
const toFile = (lines: Readable, path: string): Promise<void> =>
  pipeline(lines, createWriteStream(path, { mode: 0o600 })).catch((err: NodeJS.ErrnoException) => {
    if (err instanceof CliError) throw err;
    throw new CliError(`${path} can't be written: ${err.message}.`, ExitCode.usage);
  });
