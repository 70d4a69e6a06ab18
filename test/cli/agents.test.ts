import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { joinedOf, joinWith } from '../flow/enrol-rig.ts';
import { type CliRig, makeCliRig } from './nerdy.ts';

let rig: CliRig;
beforeEach(async () => {
  rig = await makeCliRig();
});
afterEach(() => rig.dispose());

const agents = (words: string, options: Parameters<CliRig['nerdy']>[1] = {}) =>
  rig.nerdy(['agents', ...words.split(' ').filter((w) => w !== '')], options);
const enrol = async (name: string) => {
  const { out } = await agents(`invite --name ${name} --json`);
  return joinedOf(await rig.enrolment.join(joinWith(JSON.parse(out).token, `key of ${name}`)));
};

describe('nerdy agents invite', () => {
  it('prints the lines to paste, that they work once, and until when', async () => {
    const { code, out } = await agents('invite --name web7 --label role=web --label env=prod --expires 2h');
    expect(code).toBe(0);
    const [token = ''] = /nerdy-join_[\w-]+/.exec(out) ?? [];
    expect(out).toContain(`\nsh ${token}\n`);
    expect(out).toContain(`\nps ${token}\n`);
    expect(out).toMatch(/works once, until \d{4}-\d\d-\d\d \d\d:\d\d UTC/);
    expect(out).toContain('web7, with the labels role=web env=prod');
    const joined = joinedOf(await rig.enrolment.join(joinWith(token, 'k')));
    expect(joined).toMatchObject({ name: 'web7', labels: { role: 'web', env: 'prod' } });
  });

  it('says what is wrong with what was typed, and does nothing', async () => {
    for (const words of [
      'invite --expires soon',
      'invite --expires 8d',
      'invite --label role',
      'invite --rejoin db1 --name db2',
      'invite --rejoin db1 --label a=b',
      'label db1',
      'label db1 a=b --none',
      'label db1 a',
      'frobnicate',
    ]) {
      expect(await agents(words), words).toMatchObject({ code: 2, err: expect.stringMatching(/\S/) });
    }
    expect(await rig.enrolment.invites()).toEqual([]);
  });

  it('is listed and withdrawn by its id', async () => {
    const { out } = await agents('invite --json');
    const { invite } = JSON.parse(out);
    expect((await agents('invites')).out).toContain(invite.id);
    expect(await agents(`withdraw ${invite.id}`)).toMatchObject({ code: 0 });
    expect(await agents(`withdraw ${invite.id}`)).toMatchObject({
      code: 1,
      err: expect.stringContaining('withdrawn already'),
    });
    expect((await agents('invites')).out).toContain('No invitation is open');
    expect((await agents('invites --json')).out).toBe('[]\n');
  });
});

describe('nerdy agents', () => {
  it('lists the machines, with what somebody should look at', async () => {
    const { agentId } = await enrol('web7');
    await rig.enrolment.suspend(agentId, 'Two machines used it at once');
    const { out } = await agents('');
    expect(out).toMatch(/db1 +online/);
    expect(out).toMatch(/web7 +suspended/);
    expect(out).toContain('Two machines used it at once.');
    expect(out).toContain('npx nerdy agents resume web7');
    expect(JSON.parse((await agents('--json')).out)).toMatchObject([
      { name: 'db1', identity: null },
      { name: 'web7', identity: { state: 'suspended' } },
    ]);
  });

  it('says when a certificate ends and was not renewed', async () => {
    await enrol('web7');
    expect((await agents('')).out).toMatch(/web7: Its certificate (ends at|has ended)/);
  });

  it('resumes, labels, renames and suspends', async () => {
    const { agentId } = await enrol('web7');
    expect((await agents('suspend web7 --reason moving')).out).toContain('resume web7');
    expect((await agents('resume web7')).code).toBe(0);
    expect((await agents('label web7 role=db env=prod')).out).toContain('role=db env=prod');
    expect((await agents('rename web7 db7')).out).toBe('web7 is called db7 now.\n');
    expect(await rig.store.getAgent(agentId)).toMatchObject({
      name: 'db7',
      labels: { role: 'db', env: 'prod' },
      identity: { state: 'active' },
    });
    expect((await agents('label db7 --none')).out).toContain('no labels');
  });

  it('says at once that nothing has the name, and which names are near', async () => {
    const terminal = { isTerminal: true, input: 'bd1\n' };
    const { code, out, err } = await agents('remove bd1', terminal);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain('There is no machine called "bd1". Did you mean db1?');
  });

  it('tells the order of steps, and what a mistyped command may have meant', async () => {
    const { out } = await agents('--help');
    for (const step of ['invite --name db1', 'paste', 'remove db1', 'docs/agents.md'])
      expect(out).toContain(step);
    const { code, err } = await agents('lst');
    expect(code).toBe(2);
    expect(err).toContain("unknown command 'lst'\n(Did you mean list?)");
  });

  it('removes a machine only when its name is typed or --yes is given', async () => {
    const { agentId } = await enrol('web7');
    const stateOf = async () => (await rig.store.getAgent(agentId))?.identity?.state;
    expect(await agents('remove web7')).toMatchObject({ code: 2, err: expect.stringContaining('--yes') });
    expect(await agents('remove web7', { isTerminal: true, input: 'web\n' })).toMatchObject({ code: 1 });
    expect(await stateOf()).toBe('active');
    expect(await agents('remove web7', { isTerminal: true, input: 'web7\n' })).toMatchObject({ code: 0 });
    expect(await stateOf()).toBe('removed');
    const again = await agents('remove web7 --yes');
    expect(again).toMatchObject({ code: 1, err: expect.stringContaining('no machine called web7') });
    expect(await agents('remove db1 --yes')).toMatchObject({
      code: 1,
      err: expect.stringContaining('server itself'),
    });
  });
});
