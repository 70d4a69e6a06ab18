import { afterEach, beforeEach, expect, test } from 'vitest';
import { ranWell } from '../fakes/done-task.ts';
import { keepForm } from '../fakes/runbooks.ts';
import { agentOf, consoleThread, you } from './fake-desk.ts';
import { type Harness, startConsole } from './harness.ts';
import { form, send } from './http.ts';
import { ownHeaders, type Signed, signIn } from './sign-in.ts';

let harness: Harness;
let signed: Signed;
beforeEach(async () => {
  harness = await startConsole();
  signed = await signIn(harness);
  harness.desk.agentList = [agentOf('db1')];
});
afterEach(() => harness.stop());

const get = (path: string) => send(harness.port, 'GET', path, ownHeaders(harness, signed));
const post = (path: string, fields: Record<string, string>) =>
  send(harness.port, 'POST', path, ownHeaders(harness, signed), form(fields));

test('a script that ran well is kept by a button and a form, and its card says so', async () => {
  const { desk } = harness;
  const place = consoleThread(null);
  const asked = await desk.ask({ request: 'restart billing', on: null, asker: you, place, eventId: null });
  if (asked.kind === 'refused') throw new Error(asked.sentence.text);
  const { task } = asked.card;
  await ranWell(desk, task, you);
  expect((await get(`/console/threads/${task}`)).body).toContain('Keep as runbook');
  const shown = await get(`/console/tasks/${task}/keep`);
  expect(shown.status).toBe(200);
  // What news of the card must not empty while somebody types.
  expect(shown.body).toMatch(new RegExp(`id="keep-${task}" data-touched="yes"`));
  expect(shown.body).toContain('service = billing-worker');
  const { parameters: _, ...texts } = keepForm;
  const filled = { ...texts, name: 'billing', examples: 'restart it\r\nbounce it\r\n', parameters: '' };
  const kept = await post(`/console/tasks/${task}/keep`, filled);
  expect(kept.body).toContain('Kept as billing v1 by you');
  expect(kept.body).not.toContain('Keep as runbook');
  expect(desk.wishes).toEqual([{ ...filled, examples: ['restart it', 'bounce it'], parameters: [] }]);
});
