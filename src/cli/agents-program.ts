import type { Command } from 'commander';
import type { ApiClient } from './client.ts';
import type { ExitCode } from './exit-code.ts';
import { collectLabel } from './label-option.ts';

/** `nerdy agents`: which machines there are, and how they come and go. */
export const addAgents = (
  program: Command,
  client: () => ApiClient,
  ended: (code: ExitCode) => void,
): void => {
  const agents = program
    .command('agents')
    .description('the machines: who is there, who may join, who leaves')
    .addHelpText('after', helpTail);
  agents
    .command('list', { isDefault: true })
    .description('list the machines and how they are')
    .option('--json', 'print JSON', false)
    // A mistyped command comes here as well, being the default's argument.
    .allowExcessArguments()
    .action(async (options, list: Command) => {
      const [unknown] = list.args;
      if (unknown !== undefined) return refuseUnknown(agents, unknown);
      const { listAgentsCommand } = await import('./agents-list.ts');
      ended(await listAgentsCommand(client(), options));
    });
  addInvites(agents, client, ended);
  addIdentities(agents, client, ended);
};

const helpTail = `
How a machine comes and goes:
  1. npx nerdy agents invite --name db1        prints one line; it works once, for an hour
  2. paste that line into a shell on the machine
  3. npx nerdy agents                          it is there, and can be asked: npx nerdy ask "uptime on db1"
  4. npx nerdy agents remove db1               when it is to go; it can't come back by itself

Examples:
  npx nerdy agents invite --label role=db --label env=prod
  npx nerdy agents label db1 role=db env=staging
  npx nerdy agents invite --rejoin db1         for a machine that was set up anew

docs/agents.md tells more, and what to do when one is suspended.`;

/** As commander says it where no command is the default. */
const refuseUnknown = async (agents: Command, word: string): Promise<never> => {
  const { nearestNames } = await import('../core/target.ts');
  const [nearest] = nearestNames(
    word,
    agents.commands.map((command) => command.name()),
  );
  const hint = nearest === undefined ? '' : `\n(Did you mean ${nearest}?)`;
  return agents.error(`error: unknown command '${word}'${hint}`, { code: 'commander.unknownCommand' });
};

const addInvites = (agents: Command, client: () => ApiClient, ended: (code: ExitCode) => void): void => {
  agents
    .command('invite')
    .description('print the line by which one machine joins; it works once')
    .option('--name <name>', 'what people will call it; else it says its own name')
    .option('--label <key=value>', 'a label that it gets, as role=db; may be repeated', collectLabel, [])
    .option('--rejoin <name>', 'for a machine set up anew: it takes that one’s place, name and labels')
    .option('--expires <time>', 'how long the line is good for: 10m, 1h, 2d; at most 7d', '1h')
    .option('--json', 'print JSON', false)
    .action(async (options) => {
      const { inviteCommand } = await import('./agents-invite.ts');
      ended(await inviteCommand(client(), options));
    });
  agents
    .command('invites')
    .description('list the invitations that nobody has used yet')
    .option('--json', 'print JSON', false)
    .action(async (options) => {
      const { invitesCommand } = await import('./agents-invite.ts');
      ended(await invitesCommand(client(), options));
    });
  agents
    .command('withdraw <id>')
    .description('make an invitation worth nothing')
    .option('--json', 'print JSON', false)
    .action(async (id, options) => {
      const { withdrawCommand } = await import('./agents-invite.ts');
      ended(await withdrawCommand(client(), id, options));
    });
};

const addIdentities = (agents: Command, client: () => ApiClient, ended: (code: ExitCode) => void): void => {
  agents
    .command('remove <machine>')
    .description('cut a machine off for good; asks for its name first')
    .option('--yes', 'do not ask', false)
    .option('--json', 'print JSON', false)
    .action(async (name, options) => {
      const { removeCommand } = await import('./agents-manage.ts');
      ended(await removeCommand(client(), name, options));
    });
  agents
    .command('suspend <machine>')
    .description('send nothing to a machine until it is resumed')
    .option('--reason <words>', 'why; the list shows it')
    .option('--json', 'print JSON', false)
    .action(async (name, options) => {
      const { suspendCommand } = await import('./agents-manage.ts');
      ended(await suspendCommand(client(), name, options));
    });
  agents
    .command('resume <machine>')
    .description('let a suspended machine work again')
    .option('--json', 'print JSON', false)
    .action(async (name, options) => {
      const { resumeCommand } = await import('./agents-manage.ts');
      ended(await resumeCommand(client(), name, options));
    });
  agents
    .command('label <machine> [labels...]')
    .description('give a machine these labels, as role=db env=prod, in place of its own')
    .option('--none', 'take all of them away', false)
    .option('--json', 'print JSON', false)
    .action(async (name, labels, options) => {
      const { labelCommand } = await import('./agents-manage.ts');
      ended(await labelCommand(client(), name, labels, options));
    });
  agents
    .command('rename <machine> <new-name>')
    .description('call a machine otherwise; its history stays')
    .option('--json', 'print JSON', false)
    .action(async (name, newName, options) => {
      const { renameCommand } = await import('./agents-manage.ts');
      ended(await renameCommand(client(), name, newName, options));
    });
};
