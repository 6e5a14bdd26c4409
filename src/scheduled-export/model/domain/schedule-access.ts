import { isAdmin } from '../../../platform/auth/admin';
import type { UserPrincipal, Person } from '../../../platform/auth/principal';
import type { Schedule } from './schedule';

/** Who acts on schedules, and on which: on their own, on those of one tenant, or on all. */
export type ScheduleAccess =
  | { readonly to: 'own'; readonly actor: Person }
  | { readonly to: 'tenant'; readonly actor: Person; readonly tenantId: string }
  /** Without an actor: the operator of the installation, on its command line. */
  | { readonly to: 'all'; readonly actor: Person | null };

export const OPERATOR_ACCESS: ScheduleAccess = { to: 'all', actor: null };

/** Access to the person's own schedules, whatever their roles. */
export function accessToOwn(actor: Person): ScheduleAccess {
  return { to: 'own', actor };
}

/** All that the caller may manage: an administrator, the schedules of everybody in their tenant; others, their own. */
export function accessFor(caller: UserPrincipal): ScheduleAccess {
  if (!isAdmin(caller)) return accessToOwn(caller);
  const { tenantId } = caller;
  return tenantId === null ? { to: 'all', actor: caller } : { to: 'tenant', actor: caller, tenantId };
}

export function isOwner({ userId, tenantId }: Schedule, person: Person | null): boolean {
  return person !== null && person.userId === userId && person.tenantId === tenantId;
}

/** What the owner reads of a pause that they did not ask for. */
export function pauseReasonFor(
  schedule: Schedule,
  { actor }: ScheduleAccess,
): Pick<Schedule, 'pausedCode' | 'pausedReason'> {
  if (isOwner(schedule, actor)) return { pausedCode: null, pausedReason: null };
  return { pausedCode: 'paused-by-administrator', pausedReason: 'An administrator paused it.' };
}
