import type { NetworkInterfaceInfo } from 'node:os';
import { expect, it } from 'vitest';
import { ownAddress } from '../../src/system/own-address.ts';

const v4 = (address: string, internal = false): NetworkInterfaceInfo => ({
  ...{ address, internal, family: 'IPv4', netmask: '255.255.255.0', mac: '', cidr: null },
});
const v6: NetworkInterfaceInfo = {
  ...{ address: 'fe80::1', internal: false, family: 'IPv6', netmask: '', mac: '', cidr: null, scopeid: 2 },
};

it.each([
  [
    'the private one before a public one',
    { eth0: [v4('203.0.113.5')], eth1: [v6, v4('10.1.2.3')] },
    '10.1.2.3',
  ],
  [
    'a public one where there is no other',
    { lo: [v4('127.0.0.1', true)], eth0: [v4('203.0.113.5')] },
    '203.0.113.5',
  ],
  ['172.31 as private, 172.32 not', { a: [v4('172.32.0.1')], b: [v4('172.31.0.1')] }, '172.31.0.1'],
  ['loopback where there is nothing else', { lo: [v4('127.0.0.1', true)] }, '127.0.0.1'],
])('others mean this machine by %s', (_, interfaces, address) => {
  expect(ownAddress(interfaces)).toBe(address);
});
