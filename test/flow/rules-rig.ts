import type { Card } from '../../src/core/card.ts';
import { decodeDocument } from '../../src/core/order.ts';
import type { Policy } from '../../src/core/policy/policy.ts';
import { makeScript } from '../../src/core/script.ts';
import type { Actor } from '../../src/core/task.ts';
import type { Ask, Outcome } from '../../src/flow/desk.ts';
import type { Draft } from '../../src/ports/drafter.ts';
import { FakeDrafter } from './fake-mind.ts';
import { askFor, cardOf, joined, makeRig, type Rig } from './rig.ts';

export const person = (id: string, name: string, surface = 'slack'): Actor => ({
  kind: 'person',
  surface,
  id,
  name,
});
export const ada = person('U1', 'Ada');
export const bob = person('U2', 'Bob');
export const cleo = person('U3', 'Cleo');
export const dan = person('U4', 'Dan');
export const eve = person('U5', 'Eve');

/** The flow under the rules of the test that runs. */
export let rig: Rig;

export const withPolicy = async (policy: Policy): Promise<void> => {
  rig = await makeRig((store) => store, undefined, policy);
  await joined(rig, 'db1');
};

export const scriptOf = (text: string, drafter: 'runbook' | 'model'): Draft => {
  const made = makeScript('bash', text);
  if (!made.ok) throw new Error(made.sentence.text);
  return {
    kind: 'script',
    scripts: [{ ...made.script, platforms: ['linux'] }],
    summary: 'does it',
    language: 'en',
    drafter,
    runbook: null,
    followUps: [],
    score: null,
    notice: null,
  };
};

/** Asks for something whose script is this, and waits until the drafter is through with it. */
export const askedFor = async (text: string, over: Partial<Ask> = {}): Promise<Card> => {
  const drafter = new FakeDrafter();
  drafter.say = () => scriptOf(text, 'model');
  const worker = await rig.drafting(drafter, `server-1:${text}`);
  const { task } = cardOf(await rig.desk.ask(askFor('do it on db1', { asker: dan, ...over })));
  await rig.until(async () => ((await rig.store.getTask(task))?.task.state === 'drafting' ? null : true));
  await worker.stop();
  return cardNow(task);
};

export const cardNow = async (task: number): Promise<Card> => {
  const card = await rig.desk.card(task);
  if (!card) throw new Error('no card');
  return card;
};

export const yes = (card: Card, by: Actor, confirm: string | null = card.terms?.confirmation?.text ?? null) =>
  rig.desk.approve(card.task, {
    by,
    eventId: null,
    proposal: card.proposal?.revision ?? 0,
    digest: card.proposal?.digest ?? '',
    canary: false,
    confirm,
  });
export const codeOf = (outcome: Outcome): string =>
  outcome.kind === 'refused' ? outcome.sentence.code : outcome.card.state;
export const decisionsOf = async (task: number) => {
  const run = (await rig.store.getTask(task))?.runs[0];
  const approval = await rig.store.getApproval(run?.approvalId ?? '');
  const decoded = decodeDocument(approval?.document ?? Buffer.alloc(0));
  if (!decoded.ok) throw new Error(decoded.reason);
  return decoded.document.decisions.map(({ by, rule }) => [by, rule]);
};
