import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseRunbook } from '../../src/runbooks/runbook.ts';
import { agentIdOf, askFor, cardOf, reached, sentTo, wentWell, yes } from '../flow/rig.ts';
import { scriptOf } from '../flow/rules-rig.ts';
import { read } from '../http/http-rig.ts';
import { type CliRig, makeCliRig } from './nerdy.ts';

let rig: CliRig;
let task: number;
/** One task that ran well, which all of these keep. */
beforeAll(async () => {
  rig = await makeCliRig();
  rig.drafter.say = () => scriptOf('systemctl restart billing-worker', 'model');
  task = cardOf(await rig.desk.ask(askFor('restart the billing-worker service on db1'))).task;
  await reached(rig, task, 'proposed');
  const card = await rig.desk.card(task);
  if (card) cardOf(await rig.desk.approve(task, yes(card)));
  for (const run of await sentTo(rig, 'db1')) await rig.reports.finished(agentIdOf('db1'), run.id, wentWell);
  await reached(rig, task, 'done');
});
afterAll(() => rig.dispose());

const call = (method: string, path: string, body?: unknown) =>
  read(rig.call(method, `/api/v1${path}`, { ...(body === undefined ? {} : { body }) }));

describe('keeping a script', () => {
  it('is refused with its sentence where a name is none', async () => {
    const { code, err } = await rig.nerdy(['keep', String(task), '--name', 'Not A Name']);
    expect([code, err]).toEqual([1, expect.stringContaining('kebab-case')]);
  });

  it('takes what is proposed, and says how to read it; its card says so too', async () => {
    const { code, out } = await rig.nerdy(['keep', String(task)]);
    expect(code).toBe(0);
    expect(out).toContain('Kept as restart-the-service v1.');
    expect(out).toContain('{service} was billing-worker');
    expect((await rig.nerdy(['task', String(task)])).out).toContain('Kept as restart-the-service v1 by ');
  });

  it('takes what is said instead, as the next version of that name', async () => {
    const said = [
      '--name',
      'restart-the-service',
      '--title',
      'Restart',
      '--example',
      'bounce billing-worker',
    ];
    const { out } = await rig.nerdy([
      'keep',
      String(task),
      ...said,
      '--parameter',
      'unit=billing-worker',
      '--json',
    ]);
    expect(JSON.parse(out).kept).toMatchObject({ version: 2 });
    const { out: yaml } = await rig.nerdy(['runbooks', 'show', 'restart-the-service', '--yaml']);
    const parsed = parseRunbook('restart-the-service.yml', Buffer.from(yaml));
    expect(parsed).toMatchObject({
      runbook: {
        title: { en: 'Restart' },
        examples: { en: ['bounce {unit}'] },
        scripts: { linux: 'systemctl restart {{unit}}' },
      },
    });
  });

  it('lists, shows, restores and retires its versions', async () => {
    const listed = async () => (await rig.nerdy(['runbooks'])).out;
    expect(await listed()).toContain('restart-the-service v2');
    const { out } = await rig.nerdy(['runbooks', 'show', 'restart-the-service', '--at', 'v1']);
    expect(out).toContain('in rules: kept:restart-the-service@1');
    expect(out).toContain('v2 (in use)');
    expect((await rig.nerdy(['runbooks', 'restore', 'restart-the-service', '1'])).out).toContain(
      'v1 is in use',
    );
    expect(await listed()).toContain('restart-the-service v1');
    expect((await rig.nerdy(['runbooks', 'retire', 'restart-the-service'])).out).toContain('is retired');
    expect(await listed()).toContain('retired');
  });

  it('is the same over HTTP, where each refusal has its status', async () => {
    expect((await call('GET', `/tasks/${task}/keep`)).json).toMatchObject({
      keep: { name: 'restart-the-service' },
    });
    expect((await call('GET', '/tasks/999/keep')).status).toBe(404);
    expect((await call('GET', '/runbooks/restart-the-service?version=9')).status).toBe(404);
    expect((await call('GET', '/runbooks/none')).json).toMatchObject({ error: { code: 'runbook_unknown' } });
    expect((await call('DELETE', '/runbooks/restart-the-service')).status).toBe(409);
    expect((await call('POST', '/runbooks/restart-the-service/restore', { version: 2 })).json).toMatchObject({
      runbook: { inUse: 2 },
    });
    expect((await call('POST', `/tasks/${task}/keep`, { name: 'x' })).status).toBe(400);
  });
});
