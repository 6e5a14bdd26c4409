import type { DeliveryRecord } from './delivery-state';

/** Where a delivery goes, without what is nobody's business: whoever looks knows it, and need only tell it from others. */
export function describeTarget({ channel, target }: Pick<DeliveryRecord, 'channel' | 'target'>): string | null {
  const { to, url, uri } = target;
  if (channel === 'email') return typeof to === 'string' ? maskAddress(to) : null;
  // Paths and queries of webhooks are often their key.
  if (channel === 'webhook') return typeof url === 'string' && URL.canParse(url) ? new URL(url).origin : null;
  return typeof uri === 'string' ? uri : null;
}

/** Such as `a***@example.com`. */
export function maskAddress(address: string): string {
  const at = address.lastIndexOf('@');
  const [first = ''] = address;
  return at < 1 ? '***' : `${first}***${address.slice(at)}`;
}
