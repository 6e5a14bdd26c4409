import type { OutboxMessage } from '../../../platform/outbox/outbox';
import type { PlannedDelivery } from '../../../platform/outbox/planned-delivery';
import type { Pause, Schedule } from './schedule';

export const UNREADABLE_RULE: Pause = {
  code: 'rule-unreadable',
  reason: 'When it is to run cannot be read any more. Save it again with another time.',
};

/** How the owner is notified of a pause; `null` where nobody can be: a webhook that is gone is not called again. */
export function ownerNotice({ notice }: Schedule, { code }: Pause): PlannedDelivery | null {
  return code === 'webhook-gone' && notice?.channel === 'webhook' ? null : notice;
}

/** @param why the pause; to administrators, also whose schedule it is */
export function toPauseMessage(
  { id: scheduleId, userId, tenantId, name, failures }: Schedule,
  { channel, target }: PlannedDelivery,
  { code, reason, owner }: Pause & { readonly owner?: string },
  exportId: string | null,
): OutboxMessage {
  const facts = { schedule_id: scheduleId, name, reason, code, failures, ...(owner !== undefined && { owner }) };
  const about = { exportId, scheduleId, userId, tenantId, customerId: null };
  return { event: 'schedule.paused', ...about, channel, target, facts };
}
