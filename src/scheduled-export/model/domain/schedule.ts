import type { AuthorizedRows, ScheduledRows } from '../../../catalog';
import type { ScheduleDelivery, ScheduleDeliveryInput } from '../../../delivery';
import type { Person } from '../../../platform/auth/principal';
import type { PauseCode } from './schedule-codes';
import type { PlannedDelivery } from '../../../platform/outbox/planned-delivery';
import type { RecurrenceRule, RecurrenceInput } from './recurrence/recurrence-rule';

export const MAX_SCHEDULES = 100;

export const MAX_NAME_LENGTH = 100;

// Controls, line separators, and halves of surrogate pairs, which PostgreSQL cannot store.
const FORBIDDEN = /[\p{Cc}\p{Cs}\u2028\u2029]/u;

/** @returns what is wrong with a name, or `null`; surrounding spaces do not count */
export function nameError(name: string): string | null {
  const length = Array.from(name.trim()).length;
  if (length === 0 || length > MAX_NAME_LENGTH) return `must have 1 to ${MAX_NAME_LENGTH} characters`;
  return FORBIDDEN.test(name.trim()) ? 'must not contain control characters' : null;
}

/** What is exported, as its owner requested it. */
export type ScheduleContent = Omit<ScheduledRows, 'timezone'>;

/** All that the owner of a schedule decides, validated and authorized. */
export interface ScheduleDefinition {
  readonly name: string;
  readonly content: ScheduleContent;
  readonly granted: AuthorizedRows;
  readonly rule: RecurrenceRule;
  readonly delivery: ScheduleDelivery;
  /** What a run delivers. Secrets in it are encrypted. */
  readonly deliveries: readonly PlannedDelivery[];
  /** How the owner is notified of a pause by the service; `null` without an address. */
  readonly notice: PlannedDelivery | null;
  readonly retentionSeconds: number | null;
  /** Whether its owner saved it as an administrator. */
  readonly asAdmin: boolean;
  readonly isActive: boolean;
}

/** A pause by the service. */
export interface Pause {
  readonly code: PauseCode;
  /** The same as a sentence. */
  readonly reason: string;
}

/** A recurring export. */
export interface Schedule extends ScheduleDefinition, Person {
  readonly id: string;
  /** `null` while it is paused. */
  readonly nextRunAt: Date | null;
  readonly lastRunAt: Date | null;
  /** Why it is paused, as a sentence; `null` if its owner paused it. */
  readonly pausedReason: string | null;
  /** The same for programs; `null` also if a process of an earlier version paused it. */
  readonly pausedCode: PauseCode | null;
  /** The last slot that was skipped as the owner's runs of the day were used up; `null` after the next run. */
  readonly skippedSlot: Date | null;
  /** When the owner last presented an administrator's token, to the hour. Only relevant with `asAdmin`. */
  readonly adminSeenAt: Date;
  /** How many runs failed in a row. */
  readonly failures: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** What a schedule is to be, checked for its form alone. */
export interface ScheduleInput {
  readonly name: string;
  readonly content: ScheduleContent;
  readonly recurrence: RecurrenceInput;
  readonly delivery: ScheduleDeliveryInput;
  readonly retentionSeconds: number | null;
  readonly isActive: boolean;
}
