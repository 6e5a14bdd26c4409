import { findChannel } from '../../../delivery';
import type { PlatformUser } from '../../../catalog';
import { isAdmin } from '../../../platform/auth/admin';
import type { Person, UserPrincipal } from '../../../platform/auth/principal';
import type { Pause, Schedule, ScheduleDefinition } from './schedule';

const DAY_MS = 86_400_000;

/** Who acts on schedules, and on which: their own, those of one tenant, or all. */
export type ScheduleAccess =
  | { readonly to: 'own'; readonly actor: Person }
  | { readonly to: 'tenant'; readonly actor: Person; readonly tenantId: string }
  /** The operator of the installation, on its command line, is no actor. */
  | { readonly to: 'all'; readonly actor: Person | null };

export const OPERATOR_ACCESS: ScheduleAccess = { to: 'all', actor: null };

/** Access to a person's own schedules, whatever their roles. */
export function accessToOwn(actor: Person): ScheduleAccess {
  return { to: 'own', actor };
}

/** Administrators manage all schedules of their tenant, other callers their own. */
export function accessFor(caller: UserPrincipal): ScheduleAccess {
  if (!isAdmin(caller)) return accessToOwn(caller);
  const { tenantId } = caller;
  return tenantId === null ? { to: 'all', actor: caller } : { to: 'tenant', actor: caller, tenantId };
}

export function isOwner({ userId, tenantId }: Schedule, person: Person | null): boolean {
  return person !== null && person.userId === userId && person.tenantId === tenantId;
}

/** Whether it does what only administrators may: read whole tables, write to other people, use the service's credentials. */
export function needsAdmin({ asAdmin, content, delivery }: ScheduleDefinition): boolean {
  const mayUseServiceCredentials = findChannel(delivery.method)?.mayUseServiceCredentials === true;
  return asAdmin && (content.tables.length > 0 || delivery.emailAddress !== null || mayUseServiceCredentials);
}

/** Whether the owner saved it as an administrator, and has presented an administrator's token within the last `days`. */
export function isAdminRightRecent(
  { asAdmin, adminSeenAt }: Pick<Schedule, 'asAdmin' | 'adminSeenAt'>,
  now: Date,
  days: number,
): boolean {
  return asAdmin && now.getTime() - adminSeenAt.getTime() <= days * DAY_MS;
}

/**
 * Why a schedule that an administrator saved may no longer do what only administrators may.
 * @param user `null` for an owner unknown to the platform, whose right ends only with time
 * @returns `null` while it may
 */
export function findRightEnd(schedule: Schedule, user: PlatformUser | null, now: Date, days: number): Pause | null {
  if (user && !user.isActive) return toPause('The account of its owner is not active any more.');
  if (user && !user.isAdmin) return toPause('Its owner is not an administrator any more.');
  if (isAdminRightRecent(schedule, now, days)) return null;
  return toPause(`Its owner has not used the service as an administrator for ${days} days.`);
}

function toPause(reason: string): Pause {
  return { code: 'administrator-right-ended', reason };
}
