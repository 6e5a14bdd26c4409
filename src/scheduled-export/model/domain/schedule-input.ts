import type { ScheduleDeliveryInput } from '../../../delivery';
import type { RecurrenceInput } from './recurrence/recurrence-rule';
import type { ScheduleContent } from './schedule';

/** What a schedule is to be, checked for its form alone. */
export interface ScheduleInput {
  readonly name: string;
  readonly content: ScheduleContent;
  readonly recurrence: RecurrenceInput;
  readonly delivery: ScheduleDeliveryInput;
  readonly retentionSeconds: number | null;
  readonly isActive: boolean;
}
