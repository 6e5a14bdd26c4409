import { ApiPropertyOptional, PickType } from '@nestjs/swagger';
import { IsIn, IsOptional, IsUUID } from 'class-validator';
import { CHANNEL_NAMES, type ScheduleDeliveryInput } from '../../delivery';
import { ScheduleRequest, toDelivery } from './schedule.request';

/** A destination to test, as schedules take it. */
export class DestinationTestRequest extends PickType(ScheduleRequest, [
  'delivery_email',
  'destination',
  'destination_options',
  'webhook',
  'language',
]) {
  @ApiPropertyOptional({ enum: CHANNEL_NAMES, description: 'Required without `schedule_id`' })
  @IsOptional()
  @IsIn(CHANNEL_NAMES)
  delivery_method?: string | null;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    format: 'uuid',
    description:
      'One of my schedules. Its stored secrets are used for the same destination; without other fields, its destination is tested.',
  })
  @IsOptional()
  @IsUUID()
  schedule_id?: string | null;

  /**
   * @param method of the schedule, if there is one
   * @returns `null` for the destination of the schedule
   */
  static toInput(body: DestinationTestRequest, method: string | undefined): ScheduleDeliveryInput | null {
    const { delivery_method, delivery_email, destination, destination_options, webhook, language } = body;
    const isGiven = [delivery_method, delivery_email, destination, destination_options, webhook].some(
      (value) => value !== undefined && value !== null,
    );
    if (method !== undefined && !isGiven) return null;
    const chosen = delivery_method ?? method;
    return toDelivery({ delivery_method: chosen, delivery_email, destination, destination_options, webhook, language });
  }
}
