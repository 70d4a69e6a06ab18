import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { sentence } from '../core/sentences.ts';
import { type AuditSource, AuditUnreadableError } from '../ports/audit-source.ts';
import { openAuditDatabase } from '../sql/audit-database.ts';
import { databaseFileName } from '../sql/data-directory.ts';
import { openAuditExport } from '../system/audit-export-file.ts';
import { CliError, ExitCode } from './exit-code.ts';

/**
 * Opens a data directory, a database file or an export, whichever the path names.
 *
 * @throws CliError with the sentence for the person who named it.
 */
export const openAuditFile = async (path: string): Promise<AuditSource> => {
  try {
    const file = statSync(path).isDirectory() ? join(path, databaseFileName) : path;
    return isDatabase(file) ? openAuditDatabase(file) : await openAuditExport(file);
  } catch (err) {
    const reason = err instanceof AuditUnreadableError ? err.reason : plainly(err as NodeJS.ErrnoException);
    throw new CliError(sentence('audit_unreadable', { path, reason }).text, ExitCode.usage);
  }
};

/** Every SQLite file begins so (sqlite.org/fileformat.html, §1.3). */
const magic = 'SQLite format 3\0';

const isDatabase = (path: string): boolean => {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(magic.length);
    readSync(file, bytes, 0, bytes.length, 0);
    return bytes.toString('latin1') === magic;
  } finally {
    closeSync(file);
  }
};

/** Reads a small file that the person named. @throws CliError */
export const readNamedFile = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch (err) {
    throw new CliError(`${path} can't be read: ${plainly(err as NodeJS.ErrnoException)}.`, ExitCode.usage);
  }
};

const plainly = (err: NodeJS.ErrnoException): string => {
  if (err.code === 'ENOENT') return 'there is no such file';
  return err.code === 'EACCES' ? 'this user may not read it' : err.message;
};
