import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type Config, handAgentToken } from '../config.ts';
import { agentNamePattern } from '../core/selector.ts';
import { agentTokenFileName, socketName } from '../system/data-files.ts';
import { CliError, ExitCode } from './exit-code.ts';

export interface AgentCommandOptions {
  name: string;
  label: string[];
}

/**
 * `nerdy agent`: an agent on this machine, joined to the server of this data directory by its socket (on Windows by
 * loopback and the token in that directory).
 */
export const agentCommand = (config: Config, packageDir: string, options: AgentCommandOptions): void => {
  if (!agentNamePattern.test(options.name)) {
    throw new CliError(
      `--name takes letters, digits, "_", "." and "-", beginning with a letter or digit, not "${options.name}".`,
      ExitCode.usage,
    );
  }
  const bundle = join(packageDir, 'agent/dist/nerdy-agent.cjs');
  const labels = options.label.flatMap((label) => ['--label', label]);
  const data = join(config.dataDir, 'agents', options.name);
  const address =
    process.platform === 'win32'
      ? ['--gateway', `127.0.0.1:${config.grpc.localPort}`]
      : ['--socket', join(config.dataDir, socketName)];
  if (process.platform === 'win32') {
    handAgentToken(readFileSync(join(config.dataDir, agentTokenFileName), 'utf8').trim());
  }
  process.argv = [
    process.execPath,
    bundle,
    'run',
    ...address,
    '--name',
    options.name,
    '--data',
    data,
    ...labels,
  ];
  handOver(bundle);
};

/** `nerdy agent policy`: what this machine's own policy is, and what it says of a script. Its agent is what reads it. */
export const agentPolicyCommand = (packageDir: string, args: readonly string[]): void => {
  const bundle = join(packageDir, 'agent/dist/nerdy-agent.cjs');
  process.argv = [process.execPath, bundle, 'policy', ...args];
  handOver(bundle);
};

/** The bundle reads its own command line and takes over; the process stays one. */
const handOver = (bundle: string): void => {
  try {
    createRequire(import.meta.url)(bundle);
  } catch (err) {
    if ((err as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw err;
    throw new CliError('The agent is not built yet. Run `npm run build`, then try again.', ExitCode.usage);
  }
};
