import { expect, test } from 'vitest';
import { decodeIdentity, encodeIdentity, type Identity } from '../../../agent/src/core/identity.ts';

const pinned = { serverId: 'server-1', key: 'a2V5', former: [{ key: 'b2xk', until: 5 }] };
const joined: Identity = {
  agentId: 'agent-1',
  pinned,
  enrolment: {
    address: 'server:7443',
    name: 'db1',
    labels: { role: 'db' },
    key: 'pem',
    certificate: Buffer.from([1, 2]),
    ca: Buffer.from([3]),
  },
};

test('what is kept is what is read', () => {
  expect(decodeIdentity(encodeIdentity(joined))).toEqual(joined);
  const local: Identity = { agentId: 'agent-2', pinned, enrolment: null };
  expect(decodeIdentity(encodeIdentity(local))).toEqual(local);
});

test('a file of a version before key rotation is read', () => {
  expect(decodeIdentity('{"agentId":"a","pinnedKey":"k"}')).toEqual({
    agentId: 'a',
    pinned: { serverId: null, key: 'k', former: [] },
    enrolment: null,
  });
});

test.each(['', 'null', '{}', '{"agentId":7}', '{"agentId":"a","enrolment":{"address":"x"}}'])(
  '%s is damaged',
  (text) => {
    expect(decodeIdentity(text)).toBeNull();
  },
);
