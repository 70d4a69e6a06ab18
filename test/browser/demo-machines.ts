import { RunState } from '../../src/core/run.ts';
import { sentence } from '../../src/core/sentences.ts';
import { TaskState } from '../../src/core/task.ts';
import { agentOf, type FakeDesk } from '../web/fake-desk.ts';
import { anIdentity } from '../web/fake-machines.ts';

const GiB = 1024 ** 3;

/** One that two machines used at once, and one whose certificate is about to end. */
export const troubledAgents = () => [
  agentOf('db2', {
    ...{ online: false, lastSeenAt: Date.now() - 4 * 60_000, labels: { role: 'db' } },
    identity: anIdentity({
      state: 'suspended',
      why: sentence('agent_suspended', {
        detail: 'Two machines used this identity at once, from 10.0.0.7 and 203.0.113.9',
      }),
    }),
  }),
  agentOf('web9', {
    ...{ online: false, lastSeenAt: Date.now() - 5 * 86_400_000, labels: { role: 'web' } },
    identity: anIdentity({ certificateUntil: Date.now() + 9 * 3_600_000 }),
  }),
];

/** A few machines of each kind, one of them offline, one of them full. */
export const demoAgents = () => [
  agentOf('web1', { labels: { role: 'web', env: 'prod' }, identity: anIdentity() }),
  agentOf('web2', {
    labels: { role: 'web', env: 'prod' },
    load: { ...loadOf(0.91, 0.58, 0.44), load1: 7.9 },
  }),
  agentOf('db1', { labels: { role: 'db', env: 'prod' }, load: loadOf(0.12, 0.86, 0.95) }),
  agentOf('win-build-01', { platform: 'windows', labels: { role: 'build' }, load: loadOf(0.04, 0.31, 0.62) }),
  agentOf('mac-mini', { platform: 'macos', online: false, lastSeenAt: Date.now() - 47 * 60_000 }),
];

const loadOf = (cpu: number, memory: number, disk: number) => ({
  at: 0,
  cpuFraction: cpu,
  memoryUsedBytes: memory * 16 * GiB,
  memoryTotalBytes: 16 * GiB,
  diskUsedBytes: disk * 100 * GiB,
  diskTotalBytes: 100 * GiB,
  load1: 0.84,
  uptimeSeconds: 86_400,
  history: { minute: 0, cpu: hourTo(cpu, 0.3), memory: hourTo(memory, 0.06), disk: hourTo(disk, 0.01) },
});

/** An hour that ends with this value, with waves of so much; the same in every picture. */
const hourTo = (value: number, waves: number): number[] =>
  Array.from({ length: 60 }, (_, minute) => {
    const wave = Math.sin(minute / 4) * Math.sin(minute / 9 + 2) * waves * ((59 - minute) / 59);
    return Math.round(Math.min(1, Math.max(0, value - Math.abs(wave) + wave / 3)) * 100);
  });

export const askWhich = (desk: FakeDesk, task: number): void =>
  desk.change(task, {
    state: TaskState.asking,
    question: {
      sentence: sentence('machine_missing', { count: desk.agentList.length }),
      options: desk.agentList.map((a) => a.name),
    },
  });

/** Forty machines in the middle of their work: some done, two bad, some running, the rest waiting. */
export const fleetAgents = () =>
  Array.from({ length: 40 }, (_, at) => agentOf(`web${at + 1}`, { labels: { role: 'web' } }));

export const runFleet = (desk: FakeDesk, task: number): void => {
  for (let at = 1; at <= 31; at += 1) {
    desk.run(task, `web${at}`, { state: RunState.running });
    desk.write(
      task,
      `web${at}`,
      'stdout',
      `nginx: configuration file /etc/nginx/nginx.conf test is successful\n`,
    );
    if (at > 28) continue;
    if (at === 7) {
      desk.write(
        task,
        'web7',
        'stderr',
        'nginx: [emerg] cannot load certificate "/etc/ssl/web7.pem": BIO_new_file() failed\n',
      );
      desk.run(task, 'web7', { state: RunState.failed, exitCode: 1 });
    } else if (at === 12) {
      desk.run(task, 'web12', {
        state: RunState.lost,
        sentence: sentence('lost_not_named', { name: 'web12' }),
      });
    } else desk.run(task, `web${at}`, { state: RunState.succeeded, exitCode: 0 });
  }
};
