import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aDelivery, anAlert } from '../fakes/alerts.ts';
import { joined } from '../flow/rig.ts';
import { type CliRig, makeCliRig } from './nerdy.ts';

let rig: CliRig;
beforeEach(async () => {
  rig = await makeCliRig();
  await joined(rig, 'db1');
});
afterEach(() => rig.dispose());

const fires = (over: Parameters<typeof anAlert>[0] = {}) =>
  rig.incidents.intake.receive([anAlert(over)], aDelivery());

describe('nerdy alerts', () => {
  it('lists the open ones, and says so when there are none', async () => {
    expect((await rig.nerdy(['alerts'])).out).toContain('No alert is open.');
    await fires();
    const { out, code } = await rig.nerdy(['alerts']);
    expect(code).toBe(0);
    expect(out).toContain('!1 HostOutOfDiskSpace on db1');
    await fires({ status: 'resolved' });
    expect((await rig.nerdy(['alerts'])).out).toContain('No alert is open.');
    expect((await rig.nerdy(['alerts', '--all'])).out).toContain('Over: HostOutOfDiskSpace on db1');
  });

  it('lets no control character of an alert into the terminal', async () => {
    await fires({ title: 'red\u001B[31m', summary: 'clears\u001B[2J' });
    const { out } = await rig.nerdy(['alert', '1']);
    expect(out).not.toContain('\u001B');
    expect(out).toContain('⟨U+001B⟩');
  });
});

describe('nerdy alert', () => {
  it('shows what it is, what can be done, and does it', async () => {
    await fires();
    expect((await rig.nerdy(['alert', '1'])).out).toContain('npx nerdy alert 1 ack');
    expect((await rig.nerdy(['alert', '1', 'ack'])).out).toContain('looks at it');
    expect((await rig.nerdy(['alert', '!1', 'silence', '--for', '2h'])).out).toContain('silenced until');
    expect((await rig.nerdy(['alert', '1', 'unsilence'])).code).toBe(0);
    const { out } = await rig.nerdy(['alert', '1', 'diagnose', '--json']);
    expect(JSON.parse(out)).toMatchObject({ number: 1, state: 'acknowledged' });
  });

  it.each([
    ['alert', 'x'],
    ['alert', '1', 'frobnicate'],
    ['alert', '1', 'silence', '--for', 'soon'],
  ])('says what is wrong with: %s %s', async (...words) => {
    await fires();
    expect(await rig.nerdy(words)).toMatchObject({ code: 2, err: expect.stringMatching(/\S/) });
  });

  it('ends badly where it can’t be done, with the server’s sentence', async () => {
    expect(await rig.nerdy(['alert', '7', 'ack'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('no incident !7'),
    });
  });
});
