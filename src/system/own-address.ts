import { networkInterfaces } from 'node:os';

/** An address by which others on the network can mean this machine: its first private one, else its first, else loopback. */
export const ownAddress = (
  interfaces: ReturnType<typeof networkInterfaces> = networkInterfaces(),
): string => {
  const own = Object.values(interfaces)
    .flatMap((addresses) => addresses ?? [])
    .filter((a) => !a.internal && a.family === 'IPv4')
    .map((a) => a.address);
  return own.find(isPrivate) ?? own[0] ?? '127.0.0.1';
};

/** RFC 1918. */
const isPrivate = (address: string): boolean => /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/.test(address);
