import { classify } from '../../src/core/risk/classify.ts';
import { sentence } from '../../src/core/sentences.ts';
import { type Actor, TaskState } from '../../src/core/task.ts';
import { Terms } from '../../src/flow/terms.ts';
import { people, policyWith } from '../core/policy/rules.ts';
import type { FakeDesk } from '../web/fake-desk.ts';
import { ask } from './demo.ts';

const restartScript = `# Test the configuration, then restart nginx
set -eu
nginx -t
systemctl restart nginx
sleep 2
systemctl --no-pager status nginx
curl -fsS https://example.com/health
`;

const cleanScript = `# Make room on the data disk
df -h /srv
find /var/log/app -name '*.gz' -mtime +30 -delete
rm -rf /srv/old
touch /srv/cleaned
touch /srv/cleaned.by
df -h /srv
touch /srv/cleaned.at
`;

const onLinux = (text: string) => ({ texts: [{ text, platforms: ['linux' as const] }] });

/** Several lines that change something. */
export const proposeRestart = async (desk: FakeDesk, on = ['web1']): Promise<number> => {
  const task = await ask(desk, `restart nginx on ${on.join(' and ')}`);
  desk.propose(task, {
    ...onLinux(restartScript),
    on,
    summary: 'Tests the configuration and restarts nginx.',
  });
  return task;
};

/** What must be typed. */
export const proposeClean = async (desk: FakeDesk, on = ['db1']): Promise<number> => {
  const task = await ask(desk, `make room on ${on.join(' and ')}`);
  desk.propose(task, { ...onLinux(cleanScript), on, summary: 'Edited by you.', drafter: 'person' });
  return task;
};

/** A script for each of two platforms. */
export const proposeTwo = async (desk: FakeDesk): Promise<number> => {
  const task = await ask(desk, 'restart the print service on web1 and win-build-01');
  desk.propose(task, {
    texts: [
      { text: 'systemctl restart cups\nlpstat -p\n', platforms: ['linux'] },
      { text: 'Restart-Service -Name Spooler\nGet-Printer\n', platforms: ['windows'] },
    ],
    on: ['web1', 'win-build-01'],
    summary: 'Restarts the print service.',
  });
  return task;
};

/** What no grammar accepts. */
export const proposeUnparsed = async (desk: FakeDesk): Promise<number> => {
  const task = await ask(desk, 'say hello on db1');
  desk.propose(task, { ...onLinux('echo "hello\ndf -h\n'), on: ['db1'], summary: 'Says hello.' });
  return task;
};

/** What a rule refuses. */
export const refuseClean = async (desk: FakeDesk): Promise<number> => {
  const task = await proposeClean(desk);
  desk.change(task, {
    state: TaskState.refused,
    sentence: sentence('policy_refused', {
      rule: 'databases-stay',
      machine: 'db1',
      reason: 'Nothing is deleted on databases by script',
    }),
  });
  return task;
};

const rules = [
  {
    name: 'prod-takes-two',
    decision: 'approve',
    approvals: 2,
    approvers: 'role:approver',
    reason: 'Production needs a second pair of eyes',
  },
];

const dan: Actor = { kind: 'person', surface: 'slack', id: 'U4', name: 'Dan' };
const bob: Actor = { kind: 'person', surface: 'slack', id: 'U2', name: 'Bob' };

/** Two people must say yes; one has. */
export const voteOnce = (desk: FakeDesk, task: number): void => {
  desk.terms = new Terms(policyWith(rules, { people }), classify);
  desk.change(task, { asker: dan, votes: [{ by: bob, at: Date.now() - 60_000 }] });
};
