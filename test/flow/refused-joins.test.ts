import { afterEach, beforeEach, expect, it } from 'vitest';
import { refusedJoinsMax, refusedJoinsOfAllMax, refusedJoinsWindowMs } from '../../src/flow/limits.ts';
import { type EnrolRig, invitedBy, joinWith, makeEnrolRig } from './enrol-rig.ts';

let rig: EnrolRig;
let token: string;
beforeEach(async () => {
  rig = await makeEnrolRig();
  token = (await invitedBy(rig)).token;
});
afterEach(() => rig.dispose());

const secret = Buffer.alloc(32);
const refusedFrom = async (...peers: string[]) => {
  for (const peer of peers) await rig.enrolment.join(joinWith(token, 'a key', { secret, peer }));
};
const notes = async () => (await rig.store.listAudit(0, 500)).filter((e) => e.kind === 'join.refused');

const manyPorts = (address: string, count: number): string[] =>
  Array.from({ length: count }, (_, i) => `${address}:${40_000 + i}`);

it.each(['192.0.2.7', '2001:db8::7'])(
  'one address that comes by many connections is noted as one: %s',
  async (address) => {
    await refusedFrom(...manyPorts(address, refusedJoinsMax * 3));
    expect(await notes()).toHaveLength(refusedJoinsMax);
    // So it can't hide another, and what was left out is counted.
    await refusedFrom('198.51.100.1:40000');
    expect((await notes()).at(-1)?.detail).toMatchObject({
      peer: '198.51.100.1:40000',
      leftOut: refusedJoinsMax * 2,
    });
  },
);

it('many addresses together fill no more than their share of the log, and a window later they are noted again', async () => {
  const peers = Array.from({ length: refusedJoinsOfAllMax + 5 }, (_, i) => `192.0.2.${i}:4000`);
  await refusedFrom(...peers);
  expect(await notes()).toHaveLength(refusedJoinsOfAllMax);
  rig.clock.step(refusedJoinsWindowMs);
  await refusedFrom('192.0.2.7:4000');
  expect((await notes()).at(-1)?.detail).toMatchObject({ leftOut: 5 });
});
