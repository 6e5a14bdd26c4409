import { DomainError } from '../errors/domain-error';
import type { UserPrincipal } from './principal';

export const ADMIN_ROLE = 'admin';

/** Whether the caller is an administrator of everything, or of the tenant that the token names. */
export function isAdmin({ roles }: Pick<UserPrincipal, 'roles'>): boolean {
  return roles.includes(ADMIN_ROLE);
}

/** Whether the caller is an administrator of what all tenants share. */
export function isAdminOfAllTenants(caller: Pick<UserPrincipal, 'roles' | 'tenantId'>): boolean {
  return isAdmin(caller) && caller.tenantId === null;
}

/** @throws DomainError forbidden */
export function requireAdmin(caller: Pick<UserPrincipal, 'roles'>): void {
  if (!isAdmin(caller)) throw new DomainError('forbidden', 'admin-role-required', 'Admin role required');
}

/** @throws DomainError forbidden, also for an administrator of one tenant */
export function requireAdminOfAllTenants(caller: Pick<UserPrincipal, 'roles' | 'tenantId'>): void {
  requireAdmin(caller);
  if (isAdminOfAllTenants(caller)) return;
  const message = 'This is shared by all tenants: only an administrator whose token names no tenant may change it';
  throw new DomainError('forbidden', 'shared-by-tenants', message);
}
