import { isIPv4, isIPv6 } from 'node:net';

const MAPPED_IPV4 = /^::ffff:([\d.]+)$/i;
const GROUPS = 8;
const GROUPS_OF_NETWORK = 4;

/**
 * The unit in which failures are counted: an IPv4 address, or the /64 network of an IPv6 address, because one client has a
 * whole such network.
 * @returns `unknown` if the text is no address: an internal proxy may send anything
 */
export function networkOf(address: string | undefined): string {
  const plain = MAPPED_IPV4.exec(address ?? '')?.[1] ?? address ?? '';
  if (isIPv4(plain)) return plain;
  const host = `http://[${plain}]/`;
  if (!isIPv6(plain) || !URL.canParse(host)) return 'unknown';
  const [left = '', right] = new URL(host).hostname.slice(1, -1).split('::');
  const before = left === '' ? [] : left.split(':');
  const after = right === undefined || right === '' ? [] : right.split(':');
  const zeros = Array<string>(Math.max(0, GROUPS - before.length - after.length)).fill('0');
  return `${[...before, ...zeros, ...after].slice(0, GROUPS_OF_NETWORK).join(':')}::/64`;
}
