import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** What IANA assigns to the internet. IPv4 addresses inside IPv6 (mapped, compatible, NAT64) are outside of it. */
const GLOBAL_IPV6 = ipaddr.IPv6.parseCIDR('2000::/3');

/** Whether an address is reachable from the internet, so that what answers there is not ours alone. */
export function isPublicAddress(address: string): boolean {
  // ipaddr.js also parses other notations. An address with a zone is on one link of this machine.
  if (isIP(address) === 0 || address.includes('%')) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== 'unicast') return false;
  return parsed.kind() === 'ipv4' || parsed.match(GLOBAL_IPV6);
}
