import type { AuthorizedRows, ScheduledRows } from '../../../catalog';
import type { DeliveryMethod } from '../../../delivery';
import type { Person } from '../../../platform/auth/principal';
import type { PauseCode } from '../../../platform/errors/record-codes';
import type { PlannedDelivery } from '../../../platform/outbox/planned-delivery';
import type { RecurrenceRule } from './recurrence/recurrence-rule';

export const MAX_SCHEDULES = 100;

/** How many runs in a row may fail before a schedule is paused. */
export const MAX_FAILURES = 5;

/** What is exported, as its owner asked for it. */
export type ScheduleContent = Omit<ScheduledRows, 'timezone'>;

/** How a destination is reached, without what is secret. */
export interface DestinationOptions {
  readonly endpoint?: string;
  readonly region?: string;
  readonly force_path_style?: boolean;
}

/** What becomes of each file, as it is shown. */
export interface ScheduleDelivery {
  readonly method: DeliveryMethod;
  readonly email: boolean;
  /** Where mail goes instead of to the owner. */
  readonly emailAddress: string | null;
  readonly language: string | null;
  /** `s3://bucket/prefix/` */
  readonly destination: string | null;
  readonly destinationOptions: DestinationOptions | null;
  readonly webhookUrl: string | null;
}

/** All that its owner decides of a schedule, checked and granted. */
export interface ScheduleDefinition {
  readonly name: string;
  readonly content: ScheduleContent;
  readonly granted: AuthorizedRows;
  readonly rule: RecurrenceRule;
  readonly delivery: ScheduleDelivery;
  /** What is told or brought when a run ends. What is secret in it is sealed. */
  readonly deliveries: readonly PlannedDelivery[];
  /** How the owner is told that the schedule was paused; `null` where nobody can be. */
  readonly notice: PlannedDelivery | null;
  readonly retentionSeconds: number | null;
  /** Whether who saved it was an administrator then. */
  readonly asAdmin: boolean;
  readonly isActive: boolean;
}

/** Whether it does what an administrator alone may have done: to read whole tables, to write to others, to copy by our own right. */
export function needsAdmin({ asAdmin, content, delivery }: ScheduleDefinition): boolean {
  return asAdmin && (content.tables.length > 0 || delivery.emailAddress !== null || delivery.method === 's3');
}

/** A pause by the service. */
export interface Pause {
  readonly code: PauseCode;
  /** The same for people. */
  readonly reason: string;
}

/** An export that recurs, as its row stood when it was read. */
export interface Schedule extends ScheduleDefinition, Person {
  readonly id: string;
  /** `null` while it is paused. */
  readonly nextRunAt: Date | null;
  readonly lastRunAt: Date | null;
  /** Why it is paused, for people; `null` where its owner paused it. */
  readonly pausedReason: string | null;
  /** The same for programs; `null` also where a process of an earlier version paused it. */
  readonly pausedCode: PauseCode | null;
  /** The last slot that was skipped because the owner's runs of the day were used up; `null` once it ran again. */
  readonly skippedSlot: Date | null;
  /** When the owner last presented an administrator's token, to the hour. Means nothing unless `asAdmin`. */
  readonly adminSeenAt: Date;
  /** How many runs failed in a row. */
  readonly failures: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}
