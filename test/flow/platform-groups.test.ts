import { afterEach, beforeEach, expect, it } from 'vitest';
import { greet } from '../../src/flow/greet.ts';
import { changing, policyWith } from '../core/policy/rules.ts';
import { agentIdOf, greetingOf } from './rig.ts';
import { askedFor, cardNow, codeOf, dan, decisionsOf, person, rig, withPolicy, yes } from './rules-rig.ts';

const oncall = 'slack-group:S0614TZR7';
/** Known to Slack as one of those on call; no file lists her. */
const zoe = person('U9', 'Zoe');

/** Who is in which group; null while Slack is away. */
let groups: Record<string, string[]> | null;
beforeEach(async () => {
  groups = { 'slack:U9': [oncall] };
  const policy = policyWith([{ name: 'prod', agents: 'env=prod', decision: 'refuse' }], {
    roles: { approver: oncall },
  });
  const roster = policy.roster.withGroups((identity) => groups && (groups[identity] ?? []));
  await withPolicy({ ...policy, roster });
});
afterEach(() => rig.dispose());

const taken = async () => (await rig.dispatcher.take(agentIdOf('db1'))).length;

it('somebody whom only a group makes an approver says yes, and is named in what is signed', async () => {
  const card = await askedFor(changing);
  expect(codeOf(await yes(card, zoe))).toBe('running');
  expect(await decisionsOf(card.task)).toEqual([['slack:U9', 'default']]);
  expect(await taken()).toBe(1);
});

it('nobody new says yes by a group while nothing is known of it', async () => {
  const card = await askedFor(changing);
  groups = null;
  expect(codeOf(await yes(card, zoe))).toBe('approver_not_named');
});

it('what she approved is sent though Slack is away by then', async () => {
  const card = await askedFor(changing);
  await yes(card, zoe);
  groups = null;
  expect(await taken()).toBe(1);
  expect((await cardNow(card.task)).runs).toMatchObject([{ state: 'sent' }]);
});

it('what she approved is not sent once Slack says that she is not on call any more', async () => {
  const card = await askedFor(changing);
  await yes(card, zoe);
  groups = {};
  expect(await taken()).toBe(0);
  expect((await cardNow(card.task)).runs).toMatchObject([
    { state: 'refused', sentence: { code: 'policy_changed' } },
  ]);
});

it('a rule that became stricter ends it, be Slack away or not', async () => {
  const card = await askedFor(changing, { asker: dan });
  await yes(card, zoe);
  groups = null;
  await greet(rig.store, rig.check, greetingOf('db1', { labels: { env: 'prod' } }));
  expect(await taken()).toBe(0);
  expect((await cardNow(card.task)).runs).toMatchObject([{ state: 'refused' }]);
});
