import type { Command } from 'commander';
import type { ApiClient } from './client.ts';
import type { ExitCode } from './exit-code.ts';

/** `nerdy hooks`: the addresses at which monitoring brings its alerts. */
export const addHooks = (
  program: Command,
  client: () => ApiClient,
  ended: (code: ExitCode) => void,
): void => {
  const hooks = program
    .command('hooks')
    .description('the addresses at which monitoring brings its alerts')
    .addHelpText('after', helpTail);
  hooks
    .command('list', { isDefault: true })
    .description('list the addresses there are; what is secret of them was shown once')
    .option('--json', 'print JSON', false)
    .action(async (options) => {
      const { listHooksCommand } = await import('./hooks-manage.ts');
      ended(await listHooksCommand(client(), options));
    });
  hooks
    .command('add <source>')
    .description('make an address for a source, and print it once')
    .option('--channel <surface:channel>', 'where its incidents go, as slack:C024BE7LH or discord:1234')
    .option('--secret <secret>', 'what the source signs with, or sends as a bearer token')
    .option('--mapping <name>', 'of a generic source: which mapping in nerdyops.yml reads it')
    .option('--topic <arn>', 'of cloudwatch: the SNS topic; without it the first one that comes')
    .option('--json', 'print JSON', false)
    .action(async (source, options) => {
      const { addHookCommand } = await import('./hooks-manage.ts');
      ended(await addHookCommand(client(), source, options));
    });
  hooks
    .command('remove <id>')
    .description('let nothing more come in at an address')
    .option('--json', 'print JSON', false)
    .action(async (id, options) => {
      const { removeHookCommand } = await import('./hooks-manage.ts');
      ended(await removeHookCommand(client(), id, options));
    });
  hooks
    .command('test <source> <payload>')
    .description('show the alerts that a payload would come to, their machines, where they would go, and why')
    .option('--channel <surface:channel>', 'as the hook would have it')
    .option('--mapping <name>', 'of a generic source')
    .option('--json', 'print JSON', false)
    .action(async (source, payload, options) => {
      const { testHookCommand } = await import('./hooks-test.ts');
      ended(await testHookCommand(client(), source, payload, options));
    });
  hooks
    .command('parked')
    .description('list the messages of the queue that could not be read, each with its reason')
    .option('--json', 'print JSON', false)
    .action(async (options) => {
      const { parkedCommand } = await import('./hooks-manage.ts');
      ended(await parkedCommand(client(), options));
    });
};

const helpTail = `
Sources: alertmanager, azure, cloudwatch, datadog, elastic, google, grafana, newrelic, opsgenie, pagerduty, sentry,
uptimekuma, zabbix; and generic, by a mapping of your own.

Examples:
  npx nerdy hooks add alertmanager --channel slack:C024BE7LH
  npx nerdy hooks add pagerduty --secret "$SECRET"
  npx nerdy hooks test grafana payload.json

docs/alerts.md shows how each source is set.`;
