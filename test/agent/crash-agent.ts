/**
 * An agent that kills itself the hard way just before the n-th step of its disk, spool, tombstones or executor.
 * Bundled and started by crash.test.ts: `crash-agent <socket> <data> <proto> <wrapper> <n>`.
 */
import { readFileSync } from 'node:fs';
import { createAgent, type PartName } from '../../agent/src/agent.ts';
import { inspectMachine } from '../../agent/src/run/machine.ts';

const [socket = '', dataDir = '', proto = '', wrapper = '', crashAt = '0'] = process.argv.slice(2);
let steps = 0;

const step = (): void => {
  steps += 1;
  if (steps === Number(crashAt)) process.kill(process.pid, 'SIGKILL');
};

const decorate = <T extends object>(name: PartName, part: T): T =>
  name === 'link'
    ? part
    : new Proxy(part, {
        get(target, key) {
          const value = Reflect.get(target, key, target);
          if (typeof value !== 'function') return value;
          return (...args: unknown[]) => {
            step();
            return value.apply(target, args);
          };
        },
      });

const agent = createAgent({
  dataDir,
  address: { socket },
  name: 'db1',
  labels: {},
  machine: await inspectMachine('0.0.0-test', process.env),
  protoText: readFileSync(proto, 'utf8'),
  wrapperText: readFileSync(wrapper, 'utf8'),
  log: { info: () => {}, warn: () => {}, error: () => {} },
  decorate,
  pollMs: 100,
});
process.on('SIGTERM', () => agent.stop().then(() => process.exit(0)));
await agent.start();
