import { v7 as uuidv7 } from 'uuid';
import type { UserPrincipal } from '../../src/platform/auth/principal';
import type { PlannedDelivery } from '../../src/platform/outbox/planned-delivery';
import type { RecurrenceRule } from '../../src/scheduled-export/model/domain/recurrence/recurrence-rule';
import type { ScheduleDefinition } from '../../src/scheduled-export/model/domain/schedule';

export const DAY_SECONDS = 86_400;
const HALF_A_DAY_MS = 43_200_000;

/** Somebody whom no other test knows. */
export function createUser(traits: Partial<UserPrincipal> = {}): UserPrincipal {
  return { userId: `user-${uuidv7()}`, tenantId: null, roles: [], ...traits };
}

/** Every day, half a day from now: a test does not come upon a slot unless it lets time pass. */
export function everyDay(): RecurrenceRule {
  const at = new Date(Date.now() + HALF_A_DAY_MS).toISOString().slice(11, 16);
  return { frequency: 'daily', cron: null, at, weekday: null, dayOfMonth: null, timeZone: 'UTC' };
}

export const MAIL_NOTICE: PlannedDelivery = { channel: 'email', on: ['failed'], target: { to: 'ann@example.com' } };
export const WEBHOOK_NOTICE: PlannedDelivery = {
  channel: 'webhook',
  on: ['failed'],
  target: { url: 'https://x.example' },
};

/** A daily schedule of transactions, but for what is said. */
export function scheduleDefinition(traits: Partial<ScheduleDefinition> = {}): ScheduleDefinition {
  return {
    name: 'Daily transactions',
    content: { format: 'csv', dataTypes: ['transactions'], tables: [], columns: null, filters: null, options: {} },
    granted: {
      format: 'csv',
      dataTypes: ['transactions'],
      filters: null,
      options: { timezone: 'UTC' },
      audited: { data_types: 'transactions' },
    },
    rule: everyDay(),
    delivery: {
      method: 'download',
      email: false,
      emailAddress: null,
      language: null,
      destination: null,
      destinationOptions: null,
      webhookUrl: null,
    },
    deliveries: [],
    notice: null,
    retentionSeconds: null,
    asAdmin: false,
    isActive: true,
    ...traits,
  };
}
