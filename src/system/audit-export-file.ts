import { createReadStream } from 'node:fs';
import { readExportHead, readExportLine } from '../core/audit-export.ts';
import type { AuditRecord } from '../core/audit-record.ts';
import { type AuditSource, AuditUnreadableError } from '../ports/audit-source.ts';
import { lineCharsMax } from './limits.ts';

/** The log in a file of `nerdy audit export`. @throws AuditUnreadableError when its first line is none of an export. */
export const openAuditExport = async (path: string): Promise<AuditSource> => {
  const lines = linesOf(path);
  const first = await lines.next();
  const head = first.done ? null : readExportHead(first.value);
  if (!head) {
    await lines.return();
    throw new AuditUnreadableError(path, 'its first line is not that of an export');
  }
  return {
    signers: head.signers,
    head: head.head,
    lastSealed: null,
    count: head.filter === null ? head.head.seq : null,
    isPartial: head.filter !== null,
    evidence: null,
    async *records(): AsyncGenerator<AuditRecord> {
      let number = 1;
      for await (const line of lines) {
        number++;
        if (line !== '') yield readExportLine(line, number);
      }
    },
    close: () => {
      void lines.return();
    },
  };
};

/** The lines of a file, one after another, with no more of it in memory than is being read. */
async function* linesOf(path: string): AsyncGenerator<string, void> {
  let rest = '';
  try {
    for await (const chunk of createReadStream(path, { encoding: 'utf8' })) {
      const lines = `${rest}${chunk}`.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) yield line.replace(/\r$/, '');
      if (rest.length > lineCharsMax) throw new AuditUnreadableError(path, 'a line in it never ends');
    }
  } catch (err) {
    if (err instanceof AuditUnreadableError) throw err;
    throw new AuditUnreadableError(path, (err as Error).message, err);
  }
  if (rest !== '') yield rest;
}
