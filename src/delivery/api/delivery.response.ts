import { ApiProperty } from '@nestjs/swagger';
import type { DeliveryCode } from '../../platform/errors/record-codes';
import { ApiDeliveryCode } from '../../platform/http/api-codes.decorator';
import { CHANNELS } from '../../platform/outbox/planned-delivery';
import type { DeliveryRecord } from '../model/domain/delivery-state';
import { describeTarget } from '../model/domain/shown-target';

const nullableTime = { nullable: true, type: String, format: 'date-time' } as const;

/** What was told or brought, to whom, and what became of it. */
export class DeliveryResponse {
  @ApiProperty({ format: 'uuid', description: 'By which the receiver knows a repeat' })
  readonly id!: string;

  @ApiProperty({ enum: CHANNELS })
  readonly channel!: string;

  @ApiProperty({ example: 'export.completed' })
  readonly event!: string;

  @ApiProperty({
    nullable: true,
    type: String,
    example: 'a***@example.com',
    description: 'As much as tells it from others',
  })
  readonly to!: string | null;

  @ApiProperty({ enum: ['pending', 'delivered', 'failed'] })
  readonly status!: string;

  @ApiProperty({ type: 'integer', description: 'How often it was begun' })
  readonly attempts!: number;

  @ApiProperty({ nullable: true, type: String, description: 'Why the last attempt failed' })
  readonly error!: string | null;

  @ApiDeliveryCode()
  readonly error_code!: DeliveryCode | null;

  @ApiProperty({ format: 'date-time' })
  readonly created_at!: string;

  @ApiProperty({ ...nullableTime, description: 'When it is tried next, while it is pending' })
  readonly next_attempt_at!: string | null;

  @ApiProperty({ ...nullableTime, description: 'When it was delivered, or given up' })
  readonly ended_at!: string | null;

  /** Every field by name, so that what is sealed in the target cannot leak. */
  static of(source: DeliveryRecord): DeliveryResponse {
    return {
      id: source.id,
      channel: source.channel,
      event: source.event,
      to: describeTarget(source),
      status: source.status,
      attempts: source.attempts,
      error: source.lastError,
      error_code: source.errorCode,
      created_at: source.createdAt.toISOString(),
      next_attempt_at: source.nextAttemptAt?.toISOString() ?? null,
      ended_at: source.endedAt?.toISOString() ?? null,
    };
  }
}

/** All deliveries of one export: they are few. */
export class DeliveryListResponse {
  @ApiProperty({ type: 'integer' })
  readonly count!: number;

  @ApiProperty({ type: [DeliveryResponse] })
  readonly results!: DeliveryResponse[];

  static of(sources: readonly DeliveryRecord[]): DeliveryListResponse {
    return { count: sources.length, results: sources.map((source) => DeliveryResponse.of(source)) };
  }
}
