import { isCustomer, type Principal } from '../../../platform/auth/principal';
import type { Export } from './export';

/** How they proved themselves, as for every download. */
export function credentialTypeOf(by: Principal | null): 'link' | 'customer' | 'token' {
  if (by === null) return 'link';
  return isCustomer(by) ? 'customer' : 'token';
}

/** What `downloaded_by` says of who takes a file. */
export function toDownloadedBy(by: Principal | null): string {
  if (by === null) return 'link';
  return isCustomer(by) ? `customer:${by.customerId}` : `user:${by.userId}`;
}

/** Of whom `downloaded_by` tells; `null` for the bearer of a link. */
export function fromDownloadedBy({
  downloadedBy,
  tenantId,
}: Pick<Export, 'downloadedBy' | 'tenantId'>): Principal | null {
  const [, kind, id] = /^(user|customer):(.*)$/s.exec(downloadedBy ?? '') ?? [];
  if (id === undefined) return null;
  return kind === 'user' ? { userId: id, tenantId } : { customerId: id, tenantId };
}
