import { DomainError } from '../../../platform/errors/domain-error';
import { pauseReasonFor } from './pause';
import { type RecurrenceRule, toRecurrence } from './recurrence/recurrence-rule';
import { MAX_SCHEDULES, type Schedule, type ScheduleDefinition } from './schedule';
import { isOwner, type ScheduleAccess } from './schedule-rights';

/** What of a schedule changes; the rest stays. */
export type ScheduleChange = Partial<Omit<Schedule, keyof ScheduleDefinition>> &
  Pick<Partial<ScheduleDefinition>, 'isActive'>;

const STOPPED = { isActive: false, nextRunAt: null, skippedSlot: null } as const;
const RESUMED = { isActive: true, pausedReason: null, pausedCode: null, failures: 0, skippedSlot: null } as const;

/** @throws DomainError invalid, naming the field, when the rule has no slot to come */
export function firstSlot(rule: RecurrenceRule, now: Date): Date {
  const next = toRecurrence(rule).nextAfter(now);
  if (next) return next;
  const field = rule.cron === null ? 'frequency' : 'cron';
  throw DomainError.invalidRequest({ field, message: 'names no date that there will ever be' });
}

/** A slot that is due stays due if neither the rule nor the activity changes. */
export function replaced(before: Schedule, { isActive, rule }: ScheduleDefinition, now: Date): ScheduleChange {
  const staysDue = isActive && before.isActive && isSameRule(before.rule, rule);
  const nextRunAt = staysDue ? before.nextRunAt : isActive ? firstSlot(rule, now) : null;
  return { ...(isActive ? RESUMED : { isActive }), adminSeenAt: now, nextRunAt };
}

/** @returns `null` for a schedule that is paused already */
export function paused(before: Schedule, access: ScheduleAccess): ScheduleChange | null {
  return before.isActive ? { ...STOPPED, ...pauseReasonFor(before, access) } : null;
}

/** @returns `null` for a schedule that is active already */
export function resumed(before: Schedule, { actor }: ScheduleAccess, now: Date): ScheduleChange | null {
  if (before.isActive) return null;
  const isConfirmed = before.asAdmin && isOwner(before, actor);
  return { ...RESUMED, ...(isConfirmed && { adminSeenAt: now }), nextRunAt: firstSlot(before.rule, now) };
}

/** @throws DomainError conflict */
export function requireRoom(count: number): void {
  if (count < MAX_SCHEDULES) return;
  const message = `You have ${MAX_SCHEDULES} schedules, the maximum. Delete one first.`;
  throw new DomainError('conflict', 'too-many-schedules', message);
}

/** The schedule or run of an idempotency key no longer exists. */
export function scheduleDeleted(message: string): DomainError {
  return new DomainError('gone', 'schedule-deleted', message);
}

function isSameRule(one: RecurrenceRule, other: RecurrenceRule): boolean {
  const names = ['frequency', 'cron', 'at', 'weekday', 'dayOfMonth', 'timeZone'] as const;
  return names.every((name) => one[name] === other[name]);
}
