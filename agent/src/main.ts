import protoText from '../../proto/nerdyops/v1/agent.proto';
import packageJson from '../package.json' with { type: 'json' };
import { createAgent, DataDirInUse } from './agent.ts';
import { environment, policyPlaceOf, readConfig } from './config.ts';
import { createTerminalLog } from './link/terminal-log.ts';
import { createLog } from './log.ts';
import { policyCommand, readStdin } from './policy-command.ts';
import { inspectMachine } from './run/machine.ts';
import powershellWrapper from './run/wrapper.ps1';
import bashWrapper from './run/wrapper.sh';

/** Exit codes for programs that start the agent: wrong use, and a fault that needs a person. */
const exitUsage = 2;
const exitFault = 1;

const main = async (): Promise<void> => {
  const [command, ...rest] = process.argv.slice(2);
  if (command === '--version' || command === 'version') {
    process.stdout.write(`nerdy-agent ${packageJson.version} (Node ${process.versions.node})\n`);
    return;
  }
  if (command === 'policy') {
    const { text, exitCode } = policyCommand(rest, policyPlaceOf(environment), readStdin);
    process.stdout.write(`${text}\n`);
    process.exitCode = exitCode;
    return;
  }
  const read = readConfig(process.argv.slice(2), environment);
  if (!read.ok) {
    process.stderr.write(`${read.sentence}\n`);
    process.exit(exitUsage);
  }
  // Whoever read the log may go (a terminal, a logger's pipe); the agent and its runs stay.
  process.stderr.on('error', () => {});
  const write = (text: string): boolean => process.stderr.write(text);
  const { name, address } = read.config;
  const server = 'socket' in address ? address.socket : address.hostPort;
  const log = process.stderr.isTTY ? createTerminalLog(write, { name, server }) : createLog(write, Date.now);
  const agent = createAgent({
    ...read.config,
    machine: await inspectMachine(packageJson.version, environment),
    protoText,
    wrapperText: process.platform === 'win32' ? powershellWrapper : bashWrapper,
    log,
  });
  let stopping = false;
  const stop = (signal: string) => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, 'stopping; scripts that run go on');
    agent.stop().then(() => process.exit(0));
  };
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => stop('SIGINT'));
  await agent.start();
};

main().catch((error: Error) => {
  process.stderr.write(
    error instanceof DataDirInUse ? `${error.message}\n` : `The agent could not start: ${error.message}\n`,
  );
  process.exit(exitFault);
});
