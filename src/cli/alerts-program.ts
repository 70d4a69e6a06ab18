import type { Command } from 'commander';
import type { ApiClient } from './client.ts';
import { CliError, ExitCode } from './exit-code.ts';

/** `nerdy alerts`, `nerdy alert 17` and `nerdy watch`: what monitoring told, and what becomes of it. */
export const addAlerts = (
  program: Command,
  client: () => ApiClient,
  ended: (code: ExitCode) => void,
): void => {
  program
    .command('alerts')
    .description('list the open alerts')
    .option('--all', 'those that are over too', false)
    .option('--machine <name>', 'those of one machine')
    .option('--limit <count>', 'at most so many', '20')
    .option('--json', 'print JSON', false)
    .action(async (options) => {
      const { alertsCommand } = await import('./alerts.ts');
      ended(await alertsCommand(client(), options));
    });
  program
    .command('alert <number> [verb]')
    .description('show one alert, or: ack, silence, unsilence, diagnose it')
    .option('--for <time>', 'of a silence: 30m, 2h, 1d; at most 7d', '1h')
    .option('--on <machine>', 'of a diagnosis, where the alert names no machine')
    .option('--json', 'print JSON', false)
    .action(async (number, verb, options) => {
      const { alertCommand } = await import('./alerts.ts');
      ended(await alertCommand(client(), incidentNumber(number), verb, options));
    });
  addWatch(program, client, ended);
};

/** `nerdy watch`: checks that are asked again and again, and raise alerts. */
const addWatch = (program: Command, client: () => ApiClient, ended: (code: ExitCode) => void): void => {
  const watch = program
    .command('watch')
    .description('checks that are asked again and again, and raise alerts');
  watch
    .command('add <name> <request>')
    .description('ask this again and again: add disk-db1 "check disk usage" --on db1 --when "disk > 90 %"')
    .requiredOption('--when <condition>', '"disk > 90 %", "load >= 8", "not ok"')
    .option('--every <cron>', 'when to look, as cron has it', '*/5 * * * *')
    .option('--timezone <zone>', 'of the times', 'UTC')
    .option('--on <machines>', 'db1 · "db1 and db2" · "role=db env=prod" · web*')
    .option('--channel <surface:channel>', 'where its alerts go when no route says otherwise')
    .option('--json', 'print JSON', false)
    .action(async (name, request, options) => {
      const { addWatchCommand } = await import('./watches.ts');
      ended(await addWatchCommand(client(), name, request, options));
    });
  watch
    .command('list')
    .description('what is watched, and what the last look came to')
    .option('--json', 'print JSON', false)
    .action(async (options) => {
      const { listWatchesCommand } = await import('./watches.ts');
      ended(await listWatchesCommand(client(), options));
    });
  watch
    .command('remove <name>')
    .description('watch it no longer')
    .option('--json', 'print JSON', false)
    .action(async (name, options) => {
      const { removeWatchCommand } = await import('./watches.ts');
      ended(await removeWatchCommand(client(), name, options));
    });
};

const incidentNumber = (text: string): number => {
  const number = Number(text.replace(/^!/, ''));
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new CliError(`"${text}" is not an alert's number. It looks like 17 or '!17'.`, ExitCode.usage);
};
