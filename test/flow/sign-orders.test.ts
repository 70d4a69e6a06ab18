import { expect, test } from 'vitest';
import { decodeDocument } from '../../src/core/order.ts';
import { makeScript, proposalDigest } from '../../src/core/script.ts';
import type { Target } from '../../src/core/task.ts';
import { type Decree, type Seal, signOrders } from '../../src/flow/sign-orders.ts';

const signer = { keyId: 'key', sign: () => Buffer.alloc(64) };
const seal = { signer, serverId: 's' } as unknown as Seal;

const target = (name: string, user?: string): Target => ({
  agentId: `agent-${name}`,
  name,
  platform: 'linux',
  ...(user === undefined ? {} : { user }),
});

const decreeFor = (targets: Target[]): Decree => {
  const made = makeScript('bash', 'uptime');
  if (!made.ok) throw new Error('no script');
  const scripts = [{ ...made.script, platforms: ['linux'] }];
  return {
    task: { number: 1, targets },
    proposal: { revision: 1, scripts, timeoutMs: 1_000 },
    decisions: [{ by: 'test:ada', at: 1, rule: 'r' }],
    waves: new Map(),
    now: 1,
  } as unknown as Decree;
};

test('each document names the user that scripts run as on all of its machines', () => {
  const targets = [target('a', 'ops'), target('b'), target('c', 'ops'), target('d', 'root')];
  const { approvals, orders } = signOrders(seal, decreeFor(targets));
  const named = approvals.map(({ document }) => {
    const decoded = decodeDocument(document);
    return decoded.ok ? [decoded.document.runAs, decoded.document.agents] : decoded.reason;
  });
  expect(named).toEqual([
    ['ops', ['agent-a', 'agent-c']],
    [null, ['agent-b']],
    ['root', ['agent-d']],
  ]);
  expect(orders).toHaveLength(targets.length);
});

test('what a person approves is another thing for another user', () => {
  const digestFor = (...targets: Target[]) => proposalDigest([], targets, 1_000);
  expect(digestFor(target('a', 'ops'))).not.toBe(digestFor(target('a', 'root')));
  expect(digestFor(target('a'))).not.toBe(digestFor(target('a', 'root')));
});
