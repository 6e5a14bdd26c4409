import { BlockList, isIP } from 'node:net';

/** What IANA keeps for special purposes: private, shared, loopback, link-local, documentation, multicast and the like. */
const SPECIAL_IPV4 = ranges('ipv4', [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
]);

/** All that is given out to the internet. IPv4 in IPv6 clothes (mapped, compatible, NAT64) lies outside. */
const GLOBAL_IPV6 = ranges('ipv6', [['2000::', 3]]);

/** Within that: protocols' own (Teredo among them), documentation, and 6to4, which carries an IPv4 address. */
const SPECIAL_IPV6 = ranges('ipv6', [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
]);

/** Tells whether the internet knows an address, so that whatever listens there is not ours alone. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !SPECIAL_IPV4.check(address, 'ipv4');
  // With a zone behind it, it is an address of one machine's link.
  if (family !== 6 || address.includes('%')) return false;
  return GLOBAL_IPV6.check(address, 'ipv6') && !SPECIAL_IPV6.check(address, 'ipv6');
}

function ranges(family: 'ipv4' | 'ipv6', list: readonly (readonly [string, number])[]): BlockList {
  const all = new BlockList();
  for (const [network, prefix] of list) all.addSubnet(network, prefix, family);
  return all;
}
