import type { OutboxMessage } from '../../../platform/outbox/outbox';
import type { PlannedDelivery } from '../../../platform/outbox/planned-delivery';
import type { Pause, Schedule } from './schedule';
import { isOwner, type ScheduleAccess } from './schedule-rights';

/** How many runs in a row may fail before the schedule is paused. */
export const MAX_FAILURES = 5;

export const UNREADABLE_RULE: Pause = {
  code: 'rule-unreadable',
  reason: "The schedule's recurrence is no longer valid; please update it.",
};

export const WEBHOOK_GONE: Pause = {
  code: 'webhook-gone',
  reason: 'The webhook answered 410 Gone: it accepts no more messages.',
};

/** @returns `null` while the schedule may fail once more */
export function toFailurePause(failures: number, error: string | null): Pause | null {
  if (failures < MAX_FAILURES) return null;
  const reason = `${failures} runs in a row failed, the last one with: ${error ?? 'no reason'}`;
  return { code: 'runs-failed', reason };
}

/** What the owner sees of a pause by a person; their own has no reason. */
export function pauseReasonFor(
  schedule: Schedule,
  { actor }: ScheduleAccess,
): Pick<Schedule, 'pausedCode' | 'pausedReason'> {
  if (isOwner(schedule, actor)) return { pausedCode: null, pausedReason: null };
  return { pausedCode: 'paused-by-administrator', pausedReason: 'An administrator paused it.' };
}

/** The messages that a pause by the service sends. */
export function toPauseMessages(
  schedule: Schedule,
  pause: Pause,
  exportId: string | null,
  administrators: readonly PlannedDelivery[] = [],
): OutboxMessage[] {
  const { notice, delivery, userId } = schedule;
  // A webhook that is gone is not called again.
  const isReachable = notice !== null && !(pause.code === 'webhook-gone' && notice.channel === delivery.method);
  return [
    ...(isReachable ? [toMessage(schedule, notice, { ...pause }, exportId)] : []),
    ...administrators.map((target) => toMessage(schedule, target, { ...pause, owner: userId }, null)),
  ];
}

/** @param why to administrators, it includes whose schedule it is */
function toMessage(
  { id: scheduleId, userId, tenantId, name, failures }: Schedule,
  { channel, target }: PlannedDelivery,
  { code, reason, owner }: Pause & { readonly owner?: string },
  exportId: string | null,
): OutboxMessage {
  const facts = { schedule_id: scheduleId, name, reason, code, failures, ...(owner !== undefined && { owner }) };
  const about = { exportId, scheduleId, userId, tenantId, customerId: null };
  return { event: 'schedule.paused', ...about, channel, target, facts };
}
