import type { Command } from 'commander';
import type { ApiClient } from './client.ts';
import type { ExitCode } from './exit-code.ts';

const collect = (value: string, before: string[]): string[] => [...before, value];

/** `nerdy audit`: who did what, when, and the proof of it. */
export const addAudit = (
  program: Command,
  dataDir: () => string,
  client: () => ApiClient,
  ended: (code: ExitCode) => void,
): void => {
  const audit = program
    .command('audit')
    .description('who did what, and the proof that nobody changed it since');
  withFilter(audit.command('list', { isDefault: true }).description('search the log; newest last'))
    .option('--limit <count>', 'how many', '50')
    .option('--json', 'print JSON', false)
    .action(async (options) => {
      const { listCommand } = await import('./audit-list.ts');
      ended(await listCommand(client(), options));
    });
  audit
    .command('verify [path]')
    .description('prove that a log is whole: a data directory, its database, or an export; works offline')
    .option('--witness <file>', "an agent's witness.json: finds a log that was rewritten or cut as a whole")
    .option('--key <file|fingerprint>', 'the key that you trust; may be repeated', collect, [])
    .option('--json', 'print JSON', false)
    .action(async (path: string | undefined, options) => {
      const { verifyCommand } = await import('./audit-verify.ts');
      ended(await verifyCommand(path ?? dataDir(), options));
    });
  withFilter(
    audit.command('export [path]').description('write the log as JSON Lines, for verify or for programs'),
  )
    .option('--out <file>', 'where to; standard output otherwise')
    .action(async (path: string | undefined, options) => {
      const { exportCommand } = await import('./audit-export.ts');
      const { filterOf } = await import('./audit-options.ts');
      ended(await exportCommand(path ?? dataDir(), filterOf(options, Date.now()), options.out ?? null));
    });
};

const withFilter = (command: Command): Command =>
  command
    .option('--actor <name>', 'only what this person or program did')
    .option('--task <number>', 'only what concerns this task')
    .option('--agent <machine>', 'only what concerns this machine, by name or id')
    .option('--kind <kind>', 'task.approve, or task for all that begin so')
    .option('--since <when>', 'a day, a time, or how long ago: 2026-05-31, 90m, 2h, 7d')
    .option('--until <when>', 'as --since');
