import { ApiProperty } from '@nestjs/swagger';
import { DELIVERY_CODES, type DeliveryCode } from '../model/domain/delivery-codes';
import { ApiTextCode } from '../../platform/http/api-codes.decorator';
import { CHANNEL_NAMES, findChannel } from '../channels';
import type { DeliveryRecord } from '../model/domain/delivery-state';

const nullableTime = { nullable: true, type: String, format: 'date-time' } as const;

/** One delivery of an export and its state. */
export class DeliveryResponse {
  @ApiProperty({ format: 'uuid', description: 'The same in every attempt, so that the receiver recognizes a repeat' })
  readonly id!: string;

  @ApiProperty({ enum: CHANNEL_NAMES })
  readonly channel!: string;

  @ApiProperty({ example: 'export.completed' })
  readonly event!: string;

  @ApiProperty({
    nullable: true,
    type: String,
    example: 'a***@example.com',
    description: 'Where it goes, without secrets',
  })
  readonly to!: string | null;

  @ApiProperty({ enum: ['pending', 'delivered', 'failed'] })
  readonly status!: string;

  @ApiProperty({ type: 'integer', description: 'How many attempts were started' })
  readonly attempts!: number;

  @ApiProperty({ nullable: true, type: String, description: 'Why the last attempt failed' })
  readonly error!: string | null;

  @ApiTextCode('DeliveryCode', Object.keys(DELIVERY_CODES))
  readonly error_code!: DeliveryCode | null;

  @ApiProperty({ format: 'date-time' })
  readonly created_at!: string;

  @ApiProperty({ ...nullableTime, description: 'The time of the next attempt, while it is pending' })
  readonly next_attempt_at!: string | null;

  @ApiProperty({ ...nullableTime, description: 'When it was delivered or failed permanently' })
  readonly ended_at!: string | null;

  /** Names every field, so that encrypted parts of the target cannot leak. */
  static of(source: DeliveryRecord): DeliveryResponse {
    return {
      id: source.id,
      channel: source.channel,
      event: source.event,
      to: findChannel(source.channel)?.describe(source.target) ?? null,
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

/** All deliveries of one export. They are few. */
export class DeliveryListResponse {
  @ApiProperty({ type: 'integer' })
  readonly count!: number;

  @ApiProperty({ type: [DeliveryResponse] })
  readonly results!: DeliveryResponse[];

  static of(sources: readonly DeliveryRecord[]): DeliveryListResponse {
    return { count: sources.length, results: sources.map((source) => DeliveryResponse.of(source)) };
  }
}
