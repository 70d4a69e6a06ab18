/** The agent as its bundle starts it, but with a crash point. Its settings come as one JSON argument. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createAgent } from '../../../agent/src/agent.ts';
import { inspectMachine } from '../../../agent/src/run/machine.ts';
import { CrashPoints } from '../crash-points.ts';

export interface CrashAgentSettings {
  packageDir: string;
  socket: string;
  dataDir: string;
  name: string;
  wanted: string | null;
  recordTo: string | null;
  /** Of the machine's own policy. */
  policyFile?: string;
}

const settings = JSON.parse(process.argv[2] ?? '{}') as CrashAgentSettings;
const { packageDir, socket, dataDir, name, wanted, recordTo, policyFile } = settings;
const points = new CrashPoints({
  wanted,
  recordTo,
  action: () => void process.kill(process.pid, 'SIGKILL'),
});
const silent = (): void => {};
const agent = createAgent({
  dataDir,
  address: { socket },
  name,
  labels: {},
  machine: await inspectMachine('0.0.0-test'),
  protoText: readFileSync(join(packageDir, 'proto/nerdyops/v1/agent.proto'), 'utf8'),
  wrapperText: readFileSync(join(packageDir, 'agent/src/run/wrapper.sh'), 'utf8'),
  log: { info: silent, warn: silent, error: silent },
  decorate: points.decorate,
  ...(policyFile ? { policy: { path: policyFile, mustExist: true } } : {}),
});
// A test that is ended hard leaves nobody behind.
process.stdin.resume().once('end', () => process.exit(1));
process.once('SIGTERM', () => void agent.stop().then(() => process.exit(0)));
await agent.start();
