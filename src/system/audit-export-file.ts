import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { readExportHead, readExportLine } from '../core/audit-export.ts';
import type { AuditRecord } from '../core/audit-record.ts';
import { type AuditSource, AuditUnreadableError } from '../ports/audit-source.ts';

/** The log in a file of `nerdy audit export`. @throws AuditUnreadableError when its first line is none of an export. */
export const openAuditExport = async (path: string): Promise<AuditSource> => {
  const input = createReadStream(path);
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })[Symbol.asyncIterator]();
  const close = (): void => {
    input.destroy();
  };
  const failed = new Promise<never>((_, reject) => {
    input.once('error', (err) => reject(new AuditUnreadableError(path, err.message, err)));
  });
  // Whoever reads is told; nobody may be reading.
  failed.catch(() => {});
  const first = await Promise.race([lines.next(), failed]);
  const head = first.done ? null : readExportHead(first.value);
  if (!head) {
    close();
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
      for (let number = 2; ; number++) {
        const line = await Promise.race([lines.next(), failed]);
        if (line.done) return;
        if (line.value !== '') yield readExportLine(line.value, number);
      }
    },
    close,
  };
};
