import type { AuditEntry } from '../core/audit.ts';
import { auditWords } from '../core/audit-words.ts';
import { iso } from '../core/iso.ts';
import { type FilterOptions, filterOf } from './audit-options.ts';
import type { ApiClient } from './client.ts';
import { ExitCode } from './exit-code.ts';
import { paint } from './paint.ts';
import { printJson } from './print-json.ts';
import { plain } from './render-card.ts';
import { table } from './table.ts';

/** `nerdy audit`: who did what, when. The newest stands last, above the prompt. */
export const listCommand = async (
  client: ApiClient,
  options: FilterOptions & { limit: string; json: boolean },
): Promise<ExitCode> => {
  const filter = filterOf(options, Date.now());
  const query = new URLSearchParams({ limit: options.limit });
  for (const [name, value] of Object.entries(filter)) query.set(name, String(value));
  const entries = await client.audit(query);
  if (options.json) printJson(entries);
  else if (entries.length === 0) console.log('The log holds nothing of that.');
  else console.log(table(entries.reverse().map(rowOf)));
  return ExitCode.done;
};

const rowOf = (entry: AuditEntry): string[] => {
  const { actor, task, seq, at, detail } = entry;
  const where = actor.surface === actor.id ? '' : paint.dim(` (${plain(actor.surface)})`);
  return [
    paint.dim(String(seq)),
    iso(at)
      .replace('T', ' ')
      .replace(/\.\d+Z$/, 'Z'),
    `${paint.bold(plain(actor.name))}${where}`,
    task === null ? '' : `#${task}`,
    plain(auditWords(entry)),
    typeof detail.agent === 'string' ? plain(detail.agent) : '',
  ];
};
