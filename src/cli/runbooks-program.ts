import type { Command } from 'commander';
import type { ApiClient } from './client.ts';
import { CliError, ExitCode } from './exit-code.ts';
import { taskNumber } from './task-number.ts';

const collect = (one: string, all: string[]): string[] => [...all, one];

/** `nerdy keep 1042`, and `nerdy runbooks` with the versions of those that were kept. */
export const addRunbooks = (
  program: Command,
  client: () => ApiClient,
  ended: (code: ExitCode) => void,
): void => {
  program
    .command('keep <task>')
    .description("keep a task's script, which ran well, as a runbook; what you don't say is proposed")
    .option('--name <name>', 'in-words-with-dashes; one that is kept already gets its next version')
    .option('--title <title>', 'what it is called in lists')
    .option('--summary <sentence>', 'what the script does')
    .option('--example <request>', 'how people ask for it; may be repeated', collect, [])
    .option('--parameter <name=value>', 'a value that each request says itself; may be repeated', collect, [])
    .option('--fixed', 'no parameters: keep the script as it is', false)
    .option('--json', 'print JSON', false)
    .action(async (task, options) => {
      const { keepCommand } = await import('./runbooks.ts');
      ended(await keepCommand(client(), taskNumber(task), options));
    });
  const runbooks = program
    .command('runbooks')
    .description('list what can be asked for without a model')
    .option('--json', 'print JSON', false)
    .action(async (options) => {
      const { runbooksCommand } = await import('./runbooks.ts');
      ended(await runbooksCommand(client(), options));
    });
  runbooks
    .command('show <name>')
    .description('a kept runbook and its versions')
    .option('--at <version>', 'another version than the one in use')
    .option('--yaml', 'its text alone, as a file in runbooks/ has it', false)
    .action(async (name, options) => {
      const { showRunbookCommand } = await import('./runbooks.ts');
      // A parent's option of the same name takes it, wherever it stands.
      const { json } = runbooks.opts<{ json: boolean }>();
      const version = options.at === undefined ? null : versionNumber(options.at);
      ended(await showRunbookCommand(client(), name, { ...options, json, version }));
    });
  runbooks
    .command('restore <name> <version>')
    .description('put an older version into use, also of a retired runbook')
    .action(async (name, version) => {
      const { restoreRunbookCommand } = await import('./runbooks.ts');
      ended(await restoreRunbookCommand(client(), name, versionNumber(version)));
    });
  runbooks
    .command('retire <name>')
    .description('take a kept runbook out of use; its versions stay')
    .action(async (name) => {
      const { retireRunbookCommand } = await import('./runbooks.ts');
      ended(await retireRunbookCommand(client(), name));
    });
};

const versionNumber = (text: string): number => {
  if (/^v?[1-9]\d{0,8}$/.test(text)) return Number(text.replace('v', ''));
  throw new CliError(`"${text}" is no version. Write its number, for example 2.`, ExitCode.usage);
};
