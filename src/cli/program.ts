import { Command, CommanderError } from 'commander';
import { readConfig } from '../config.ts';
import { TaskState } from '../core/task.ts';
import { pageTasksMax } from '../http/limits.ts';
import type { Log } from '../ports/log.ts';
import { addAgents } from './agents-program.ts';
import { addAlerts } from './alerts-program.ts';
import { approveCommand, askCommand, followAct, show, watchToEnd } from './ask.ts';
import { addAudit } from './audit-program.ts';
import { ApiClient } from './client.ts';
import { CliError, ExitCode } from './exit-code.ts';
import { addHooks } from './hooks-program.ts';
import { collectLabel } from './label-option.ts';
import { outputCommand, tasksCommand } from './lists.ts';
import { plain } from './render-card.ts';
import { addRunbooks } from './runbooks-program.ts';
import { serverAddress } from './server-address.ts';
import { taskNumber } from './task-number.ts';

interface Globals {
  config?: string;
  server?: string;
}

/**
 * Every command of `nerdy`. What a command needs is loaded when it is called: an agent must stay small, and a list must
 * not wait for a web server. Each sets the exit code through
 * `ended`; the listed codes are a promise to scripts.
 */
export const makeProgram = (
  packageDir: string,
  version: string,
  ended: (code: ExitCode) => void,
): Command => {
  const program = new Command('nerdy')
    .description('Ask for something on a server, read the exact script, approve it, get the answer.')
    .version(version)
    .option('--config <file>', 'settings file (default: nerdyops.yml, where there is one)')
    .option('--server <url>', 'the server, where it is not the one of this data directory')
    .showSuggestionAfterError()
    .showHelpAfterError('`npx nerdy --help` lists the commands, `npx nerdy <command> --help` what one takes.')
    .exitOverride()
    .addHelpText('after', helpTail);
  const settings = () => {
    const { config } = program.opts<Globals>();
    return readConfig({ packageDir, ...(config === undefined ? {} : { file: config }) });
  };
  const client = (): ApiClient => {
    const { server } = program.opts<Globals>();
    return new ApiClient(serverAddress(settings(), server));
  };
  addRunning(program, packageDir, settings);
  addTasks(program, client, ended);
  addLists(program, client, ended);
  addAgents(program, client, ended);
  addHooks(program, client, ended);
  addAlerts(program, client, ended);
  addRunbooks(program, client, ended);
  addKeys(program, client, settings, ended);
  addAudit(program, () => settings().dataDir, client, ended);
  addDraft(program, settings, ended);
  addClassify(program, ended);
  addTrust(program, settings, ended);
  addDoctor(program, packageDir, settings, ended);
  return program;
};

/** A command that prints its result has no log beside it. */
const quiet: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

const helpTail = `
Examples:
  npx nerdy ask "check memory on db1"
  npx nerdy ask "is nginx running?" --on role=web --yes
  npx nerdy approve 1042

Exit codes:
  0  done
  1  it ended badly, or was refused
  2  wrong usage: the command line or the settings; nothing was done
  3  no server
  4  it waits for a person: for a decision, or for an answer`;

const addRunning = (
  program: Command,
  packageDir: string,
  settings: () => ReturnType<typeof readConfig>,
): void => {
  program
    .command('serve')
    .description('run the server in the foreground')
    .action(async () => {
      const config = settings();
      await (await import('./serve.ts')).serveCommand(config, packageDir);
    });
  const agent = program
    .command('agent')
    .description('run an agent on this machine')
    .option('--name <name>', 'what people call this machine', 'local')
    .option('--label <key=value>', 'a label to choose machines by; may be repeated', collectLabel, [])
    .action(async (options) => {
      const { agentCommand } = await import('./agent.ts');
      agentCommand(settings(), packageDir, options);
    });
  agent
    .command('policy [args...]')
    .description(
      "this machine's own policy; `policy check [file]` asks it about the script on standard input",
    )
    .allowUnknownOption()
    .action(async (args: string[]) => {
      const { agentPolicyCommand } = await import('./agent.ts');
      agentPolicyCommand(packageDir, args);
    });
  agent
    .command('witness')
    .description("what the agent on this machine remembers of the server's audit log")
    .option('--json', 'print the file as it is', false)
    .action(async (options) => {
      const { witnessCommand } = await import('./agent-witness.ts');
      witnessCommand(settings().dataDir, agent.opts<{ name: string }>().name, options);
    });
};

const taskCount = (text: string): string => {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= pageTasksMax) return text;
  throw new CliError(`--limit takes a number from 1 to ${pageTasksMax}, not "${text}".`, ExitCode.usage);
};

const taskState = (text: string): string => {
  const states: string[] = Object.values(TaskState);
  if (states.includes(text)) return text;
  throw new CliError(`--state takes one of ${states.join(', ')}, not "${text}".`, ExitCode.usage);
};

const addTasks = (program: Command, client: () => ApiClient, ended: (code: ExitCode) => void): void => {
  program
    .command('ask <request...>')
    .description('ask for something; shows the script before anything runs')
    .option('--on <machines>', 'db1 · "db1 and db2" · "role=db env=prod" · web* · "all linux"')
    .option('--in <task>', 'follow up on an earlier task: "and the disk?"')
    .option('--yes', 'approve the script that comes', false)
    .option('--watch', 'show the output while it runs, and stay until the end', false)
    .option('--no-wait', 'with --yes: return once it is approved, not when it has ended')
    .option('--json', 'print the card as JSON', false)
    .action(async (words, options) => {
      // Without quotes every word is an argument of its own.
      const request = words.join(' ');
      const thread = options.in === undefined ? {} : { thread: String(taskNumber(options.in)) };
      ended(await askCommand(client(), request, { ...options, ...thread, on: options.on ?? null }));
    });
  program
    .command('approve <task>')
    .description('show a script and approve exactly that')
    .option('--yes', 'do not ask', false)
    .option('--confirm <text>', 'what the card asks you to type: the number of a dangerous task')
    .option('--canary', 'run on one machine first', false)
    .option('--watch', 'show the output while it runs', false)
    .option('--no-wait', 'return once it is approved, not when it has ended')
    .option('--json', 'print the card as JSON', false)
    .action(async (task, options) => {
      ended(
        await approveCommand(client(), taskNumber(task), {
          ...options,
          on: null,
          confirm: options.confirm ?? null,
        }),
      );
    });
  program
    .command('reject <task>')
    .description('say no')
    .option('--reason <words>', 'why; the card shows it')
    .option('--json', 'print the card as JSON', false)
    .action(async (task, options) => {
      const card = await client().act(taskNumber(task), 'reject', { reason: options.reason ?? null });
      show(card, options);
      ended(ExitCode.done);
    });
  program
    .command('edit <task>')
    .description('change the script in your editor ($VISUAL, $EDITOR) before it is approved')
    .option('--file <path>', 'take the new text from a file, - for standard input')
    .option('--script <interpreter>', 'which one, where there are several: bash or powershell')
    .option('--json', 'print the card as JSON', false)
    .action(async (task, options) => {
      const { editCommand } = await import('./edit.ts');
      ended(await editCommand(client(), taskNumber(task), options));
    });
  addWaves(program, client, ended);
};

const addWaves = (program: Command, client: () => ApiClient, ended: (code: ExitCode) => void): void => {
  const verbs = {
    cancel: 'stop a task wherever it stands',
    continue: 'run on the machines that wait behind the first',
    stop: 'leave the waiting machines alone and answer with what has run',
  };
  for (const [verb, description] of Object.entries(verbs)) {
    program
      .command(`${verb} <task>`)
      .description(description)
      .option('--no-wait', 'return at once, not when it has come to rest')
      .option('--json', 'print the card as JSON', false)
      .action(async (task, options) => {
        const server = client();
        const code = await followAct(server, await server.act(taskNumber(task), verb, {}), options);
        // Cancelled is what was wanted.
        ended(verb === 'cancel' ? ExitCode.done : code);
      });
  }
  program
    .command('choose <task> <machines>')
    .description('answer "which machine?"; shows the script that comes of it')
    .option('--no-wait', 'return at once, not when there is a script')
    .option('--json', 'print the card as JSON', false)
    .action(async (task, machines, options) => {
      const server = client();
      const chosen = await server.act(taskNumber(task), 'choose', { option: machines });
      ended(await followAct(server, chosen, options));
    });
};

const addLists = (program: Command, client: () => ApiClient, ended: (code: ExitCode) => void): void => {
  program
    .command('task <task>')
    .description('show one task')
    .option('--watch', 'stay until it ends', false)
    .option('--json', 'print the card as JSON', false)
    .action(async (task, options) => {
      const number = taskNumber(task);
      if (options.watch) ended(await watchToEnd(client(), number, options));
      else ended(show(await client().card(number), options));
    });
  program
    .command('output <task>')
    .description('print what the script printed, as it was kept')
    .action(async (task) => ended(await outputCommand(client(), taskNumber(task))));
  program
    .command('tasks')
    .description('list the latest tasks')
    .option('--limit <count>', 'how many', taskCount, '20')
    .option('--state <state>', 'only those in this state', taskState)
    .option('--json', 'print JSON', false)
    .action(async (options) => ended(await tasksCommand(client(), options)));
  program
    .command('console')
    .description('print a fresh link to the web console')
    .action(async () => console.log(await client().consoleLink()));
};

const addKeys = (
  program: Command,
  client: () => ApiClient,
  settings: () => ReturnType<typeof readConfig>,
  ended: (code: ExitCode) => void,
): void => {
  const optionsOf = (json: boolean) => {
    const isElsewhere = program.opts<Globals>().server !== undefined;
    return { json, config: isElsewhere ? null : settings() };
  };
  const keys = program
    .command('keys')
    .description('list the keys that sign and have signed approvals')
    .option('--json', 'print JSON', false)
    .action(async (options) => {
      const { keysCommand } = await import('./keys.ts');
      ended(await keysCommand(client, optionsOf(options.json)));
    });
  keys
    .command('rotate')
    .description('sign with a new key from now on; agents follow, and what was approved stays good')
    .action(async () => {
      const { rotateCommand } = await import('./keys.ts');
      ended(await rotateCommand(client, optionsOf(keys.opts<{ json: boolean }>().json)));
    });
};

const addDraft = (
  program: Command,
  settings: () => ReturnType<typeof readConfig>,
  ended: (code: ExitCode) => void,
): void => {
  program
    .command('draft [request]')
    .description('draft a script and print it; nothing is stored and nothing runs')
    .option('--os <os>', 'linux, windows or macos', 'linux')
    .option('--json', 'print JSON', false)
    .option('--jsonl', 'read rows {"request","os"} from stdin, print a row for each', false)
    .option('--offline', 'runbooks only, even where a model is configured', false)
    .action(async (request: string | undefined, options) => {
      const { draftCommand, draftRows } = await import('./draft.ts');
      const { makeMind } = await import('../mind.ts');
      const { CarefulRedactor } = await import('../flow/careful-redactor.ts');
      const { SecretRedactor } = await import('../redaction/secret-redactor.ts');
      const redactor = new CarefulRedactor({ redactor: new SecretRedactor(), log: quiet });
      const { drafter } = await makeMind(settings(), quiet, redactor, !options.offline);
      if (options.jsonl) return ended(await draftRows(drafter, process.stdin));
      if (request === undefined)
        throw new CliError('Give a request, or --jsonl with rows on stdin.', ExitCode.usage);
      ended(await draftCommand(drafter, request, options));
    });
};

const addClassify = (program: Command, ended: (code: ExitCode) => void): void => {
  program
    .command('classify')
    .description('say what the script on stdin would do; nothing runs')
    .option('--shell <shell>', 'bash or powershell', 'bash')
    .option('--json', 'print JSON', false)
    .option('--jsonl', 'read rows {"shell","script"} from stdin, print a row for each', false)
    .action(async (options) => {
      const { classifyCommand, classifyRows } = await import('./classify.ts');
      if (options.json && options.jsonl)
        throw new CliError('Give --json for one script or --jsonl for many, not both.', ExitCode.usage);
      if (process.stdin.isTTY)
        throw new CliError(
          'Give the script on stdin: nerdy classify < script.sh. Nothing of it is run.',
          ExitCode.usage,
        );
      ended(await (options.jsonl ? classifyRows(process.stdin) : classifyCommand(process.stdin, options)));
    });
};

const addDoctor = (
  program: Command,
  packageDir: string,
  settings: () => ReturnType<typeof readConfig>,
  ended: (code: ExitCode) => void,
): void => {
  const doctor = program
    .command('doctor')
    .description('look for what is missing between this server and what it works with');
  doctor
    .command('discord')
    .description('check token, servers and commands of the bot in Discord; prints the link that adds it')
    .option('--json', 'print JSON', false)
    .action(async (options) => {
      const { doctorDiscordCommand } = await import('./doctor-discord.ts');
      ended(await doctorDiscordCommand(settings(), options));
    });
  doctor
    .command('slack')
    .description('check tokens, scopes and Socket Mode of the app in Slack; nothing is changed or posted')
    .option('--json', 'print JSON', false)
    .action(async (options) => {
      const { doctorSlackCommand } = await import('./doctor.ts');
      ended(await doctorSlackCommand(settings(), packageDir, quiet, options));
    });
};

const addTrust = (
  program: Command,
  settings: () => ReturnType<typeof readConfig>,
  ended: (code: ExitCode) => void,
): void => {
  program
    .command('policy')
    .description('the rules that say who may ask, who approves, and what runs by itself')
    .command('test')
    .argument('[file]', 'a file with cases, and rules beside them', 'nerdyops.yml')
    .description('say what would be decided for a table of cases, and by which rule; nothing runs')
    .option('--json', 'print JSON', false)
    .action(async (file: string, options) => {
      const { policyTestCommand } = await import('./policy.ts');
      ended(policyTestCommand(file, () => settings().policy, options));
    });
  program
    .command('token')
    .description('make a token of your own, so that you act as yourself over HTTP and here')
    .option('--json', 'print JSON', false)
    .action(async (options) => {
      const { tokenCommand } = await import('./token.ts');
      ended(tokenCommand(options));
    });
};

/** What a thrown thing means for the person at the terminal: its sentence on stderr, and the exit code. */
export const explain = (err: unknown): { text: string; code: number } => {
  if (err instanceof CommanderError) return { text: '', code: err.exitCode === 0 ? 0 : ExitCode.usage };
  if (err instanceof CliError) return { text: plain(err.message), code: err.exitCode };
  const known = err as {
    sentence?: { text: string } | null;
    code?: string;
    message?: string;
    stack?: string;
  };
  if (known.sentence) return { text: known.sentence.text, code: ExitCode.endedBadly };
  if (known.code === 'config_invalid') return { text: known.message ?? '', code: ExitCode.usage };
  if (typeof known.code === 'string' && !known.code.startsWith('E'))
    return { text: known.message ?? '', code: 1 };
  return { text: known.stack ?? String(err), code: ExitCode.endedBadly };
};
