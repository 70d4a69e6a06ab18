import protoText from '../../proto/nerdyops/v1/agent.proto';
import packageJson from '../package.json' with { type: 'json' };
import { createAgent, DataDirInUse } from './agent.ts';
import { type AgentConfig, environment, policyPlaceOf, readConfig, readJoin, readPlace } from './config.ts';
import { type CommandReport, ExitCode } from './core/exit-code.ts';
import { helpFor } from './help.ts';
import { joinCommand } from './join-command.ts';
import { leaveCommand } from './leave-command.ts';
import { createTerminalLog } from './link/terminal-log.ts';
import { createLog } from './log.ts';
import { policyCommand, readStdin } from './policy-command.ts';
import { becomeOwner } from './run/data-dir.ts';
import { readIdentity } from './run/identity-file.ts';
import { inspectMachine } from './run/machine.ts';
import { WrongIdentity } from './run/open-identity.ts';
import powershellWrapper from './run/wrapper.ps1';
import bashWrapper from './run/wrapper.sh';
import { statusCommand } from './status-command.ts';

/** The agent has connected by then, where there is a server. */
const settledMs = 15_000;

const inspect = () => inspectMachine(packageJson.version, environment);

const version = `nerdy-agent ${packageJson.version} (Node ${process.versions.node})`;

const wrong = (sentence: string): CommandReport => ({ text: sentence, exitCode: ExitCode.usage });

const join = async (args: readonly string[]): Promise<CommandReport> => {
  const read = readJoin(args, environment);
  if (!read.ok) return wrong(read.sentence);
  const { options } = read;
  const token = options.token === '-' ? readStdin() : options.token;
  becomeOwner(options.dataDir);
  const policy = policyPlaceOf(environment);
  return joinCommand({ ...options, token }, { protoText, inspect, policy });
};

const status = async (args: readonly string[]): Promise<CommandReport> => {
  const read = readPlace('status', args, environment);
  if (!read.ok) return wrong(read.sentence);
  becomeOwner(read.options.dataDir);
  return statusCommand(read.options, policyPlaceOf(environment));
};

const leave = async (args: readonly string[]): Promise<CommandReport> => {
  const read = readPlace('leave', args, environment);
  if (!read.ok) return wrong(read.sentence);
  becomeOwner(read.options.dataDir);
  return leaveCommand(read.options);
};

/** @returns null when the agent runs. */
const run = async (args: readonly string[]): Promise<CommandReport | null> => {
  const read = readConfig(args, environment);
  if (!read.ok) return wrong(read.sentence);
  // Whoever read the log may go (a terminal, a logger's pipe); the agent and its runs stay.
  process.stderr.on('error', () => {});
  const write = (text: string): boolean => process.stderr.write(text);
  const log = process.stderr.isTTY
    ? createTerminalLog(write, placeOf(read.config))
    : createLog(write, Date.now);
  const agent = createAgent({
    ...read.config,
    machine: await inspect(),
    programs: [process.argv[1] ?? [], process.execPath].flat(),
    protoText,
    wrapperText: process.platform === 'win32' ? powershellWrapper : bashWrapper,
    log,
  });
  let stopping = false;
  const stop = (signal: string) => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, 'stopping; scripts that run go on');
    agent.stop().then(() => process.exit(ExitCode.ok));
  };
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => stop('SIGINT'));
  await agent.start();
  // Where the command that install.sh makes allows it: what only the start needed is a tenth of the memory.
  setTimeout(() => globalThis.gc?.(), settledMs).unref();
  return null;
};

const placeOf = ({ name, address, dataDir }: AgentConfig) => {
  if (address)
    return { name, server: 'socket' in address ? address.socket : address.hostPort, isLocal: true };
  const enrolment = readIdentity(dataDir)?.enrolment;
  return { name: enrolment?.name ?? name, server: enrolment?.address ?? '', isLocal: false };
};

const commands: Readonly<Record<string, (args: readonly string[]) => Promise<CommandReport | null>>> = {
  join,
  run,
  status,
  leave,
  policy: async (args) => policyCommand(args, policyPlaceOf(environment), readStdin),
};

const main = async (): Promise<CommandReport | null> => {
  const [name = '', ...args] = process.argv.slice(2);
  if (name === '--version' || name === 'version') return { text: version, exitCode: ExitCode.ok };
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (['--help', '-h', 'help'].includes(name)) return { text: helpFor(args[0]), exitCode: ExitCode.ok };
  if (!command) {
    const problem = name === '' ? 'A command is missing.' : `There is no command "${name}".`;
    return wrong(`${problem}\n${helpFor(undefined)}`);
  }
  if (args.some((arg) => arg === '--help' || arg === '-h'))
    return { text: helpFor(name), exitCode: ExitCode.ok };
  return command(args);
};

/** What stopped a command; each in a sentence. */
const faultOf = (error: NodeJS.ErrnoException): CommandReport => {
  const { message, code, path } = error;
  if (error instanceof WrongIdentity) return { text: message, exitCode: ExitCode.notJoined };
  if (error instanceof DataDirInUse) return { text: message, exitCode: ExitCode.fault };
  if ((code === 'EACCES' || code === 'EPERM') && path !== undefined)
    return {
      text: `${path} may not be used by this user. Run it as root, or as the agent's own user.`,
      exitCode: ExitCode.fault,
    };
  return { text: `The agent could not go on: ${message}`, exitCode: ExitCode.fault };
};

main()
  .catch(faultOf)
  .then((report) => {
    if (report === null) return;
    // What these say is an answer, whichever it is.
    const isAnswer = report.exitCode === ExitCode.ok || /^(status|policy)$/.test(process.argv[2] ?? '');
    const to = isAnswer ? process.stdout : process.stderr;
    to.write(`${report.text}\n`, () => process.exit(report.exitCode));
  });
