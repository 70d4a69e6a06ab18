import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import type { Writable } from 'node:stream';
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
    const to = out === null ? process.stdout : await fileFor(out);
    const written = await writeExport(source, filter, to);
    if (to !== process.stdout) {
      to.end();
      await once(to, 'close');
      console.log(`${written} ${written === 1 ? 'entry' : 'entries'} in ${out}`);
    }
    return ExitCode.done;
  } finally {
    source.close();
  }
};

/** Others on this machine have no business with who did what. */
const fileFor = async (path: string): Promise<Writable> => {
  const file = createWriteStream(path, { mode: 0o600 });
  try {
    await once(file, 'open');
    return file;
  } catch (err) {
    throw new CliError(`${path} can't be written: ${(err as Error).message}.`, ExitCode.usage);
  }
};

const writeExport = async (source: AuditSource, filter: AuditFilter, to: Writable): Promise<number> => {
  const isWhole = Object.keys(filter).length === 0 && !source.isPartial;
  let isClosed = false;
  // The reader has seen enough (`| head`).
  to.once('error', () => {
    isClosed = true;
  });
  const write = async (line: string): Promise<void> => {
    if (!to.write(`${line}\n`) && !isClosed) await Promise.race([once(to, 'drain'), once(to, 'close')]);
  };
  const { head } = source;
  await write(
    exportHeadLine({
      format: 'nerdyops audit',
      v: 1,
      signers: [...source.signers],
      head,
      filter: isWhole ? null : filter,
    }),
  );
  let written = 0;
  for await (const { entry, seal, where } of source.records()) {
    if (isClosed) break;
    if (!entry)
      throw new CliError(
        `${where} can't be read, so nothing further is exported. Run nerdy audit verify.`,
        ExitCode.endedBadly,
      );
    if (!isWanted(entry, filter)) continue;
    await write(exportLine(entry, seal));
    written++;
  }
  return written;
};
