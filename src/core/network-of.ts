/**
 * What one stranger can be counted by: an IPv4 address, or the /64 of an IPv6 one, since every machine may choose among all
 * addresses of its /64 (RFC 4291, 2.5.1). An IPv4 address that is written as IPv6 is itself.
 *
 * @param address as Node writes it, without a port. What is none is its own network.
 */
export const networkOf = (address: string): string => {
  if (!address.includes(':')) return address;
  const mapped = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const [before = '', after] = address.replace(/%.*$/, '').split('::');
  const groupsOf = (text: string | undefined): string[] => (text ? text.split(':') : []);
  const [first, last] = [groupsOf(before), groupsOf(after)];
  const zeros = Array.from({ length: Math.max(0, 8 - first.length - last.length) }, () => '0');
  const groups = after === undefined ? first : [...first, ...zeros, ...last];
  return `${groups.slice(0, 4).join(':').toLowerCase()}::/64`;
};
