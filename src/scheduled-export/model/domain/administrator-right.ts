import type { PlatformUser } from '../../../catalog';
import type { Pause, Schedule } from './schedule';

const DAY_MS = 86_400_000;

/** Whether the owner saved the schedule as an administrator, and presented an administrator's token since `days` ago. */
export function isAdminRightRecent(
  { asAdmin, adminSeenAt }: Pick<Schedule, 'asAdmin' | 'adminSeenAt'>,
  now: Date,
  days: number,
): boolean {
  return asAdmin && now.getTime() - adminSeenAt.getTime() <= days * DAY_MS;
}

/**
 * Why a schedule that an administrator saved may no longer do what only administrators may.
 * @param user `null` for an owner whom the platform does not know, which ends nothing
 * @returns `null` while it may
 */
export function findRightEnd(schedule: Schedule, user: PlatformUser | null, now: Date, days: number): Pause | null {
  if (user && !user.isActive) return ended('The account of its owner is not active any more.');
  if (user && !user.isAdmin) return ended('Its owner is not an administrator any more.');
  if (isAdminRightRecent(schedule, now, days)) return null;
  return ended(`Its owner has not used the service as an administrator for ${days} days.`);
}

function ended(reason: string): Pause {
  return { code: 'administrator-right-ended', reason };
}
