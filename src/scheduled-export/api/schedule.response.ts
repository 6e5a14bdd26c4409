import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { FileOptionsBody, ROW_FILTERS, TABLE_COLUMNS } from '../../catalog';
import { DELIVERY_METHODS, type DeliveryMethod } from '../../delivery';
import { toRetentionDays } from '../../export';
import type { PauseCode, ScheduleWarningCode } from '../../platform/errors/record-codes';
import { ApiPauseCode, ApiScheduleWarningCodes } from '../../platform/http/api-codes.decorator';
import { PageResponse } from '../../platform/http/page';
import { FREQUENCIES, type Frequency } from '../model/domain/recurrence/recurrence-rule';
import type { DestinationOptions, Schedule } from '../model/domain/schedule';
import type { ScheduleWarning } from '../model/domain/slots';
import type { LastRun } from '../model/services/schedule-runs';
import { LastRunResponse } from './schedule-run.response';

const nullable = { nullable: true, type: String } as const;
const nullableInteger = { nullable: true, type: 'integer' } as const;
const nullableTime = { ...nullable, format: 'date-time' } as const;

class DestinationOptionsResponse {
  @ApiPropertyOptional({ format: 'uri' })
  readonly endpoint?: string;

  @ApiPropertyOptional({ example: 'eu-central-1' })
  readonly region?: string;

  @ApiPropertyOptional()
  readonly force_path_style?: boolean;
}

class ScheduleOptionsResponse extends FileOptionsBody {}

/** What is shown with a schedule, beside its own record. */
interface ScheduleDetails {
  readonly last: LastRun | undefined;
  readonly warnings: readonly ScheduleWarning[];
  /** Where it was made for the request in hand. */
  readonly webhookSecret: string | null;
  /** Whether it is shown to its owner. */
  readonly isOwner: boolean;
}

/** A schedule, as every endpoint shows it. What does not apply is null. */
export class ScheduleResponse {
  @ApiProperty({ format: 'uuid' })
  readonly id!: string;

  @ApiProperty()
  readonly name!: string;

  @ApiProperty({ description: 'Whose it is' })
  readonly user_id!: string;

  @ApiProperty({ ...nullable, description: 'The tenant of its owner' })
  readonly tenant_id!: string | null;

  @ApiProperty({ type: [String], description: 'Everything of the owner, where neither they nor tables are named' })
  readonly data_types!: readonly string[];

  @ApiProperty({ type: [String] })
  readonly tables!: readonly string[];

  @ApiProperty({ anyOf: [TABLE_COLUMNS, { type: 'array', items: { type: 'string' } }, { type: 'null' }] })
  readonly columns!: unknown;

  @ApiProperty({ oneOf: [ROW_FILTERS, { type: 'null' }] })
  readonly filters!: unknown;

  @ApiProperty({ type: ScheduleOptionsResponse })
  readonly options!: ScheduleOptionsResponse;

  @ApiProperty({ example: 'csv' })
  readonly format!: string;

  @ApiProperty({ enum: FREQUENCIES })
  readonly frequency!: Frequency;

  @ApiProperty({ ...nullable, description: 'Where the frequency is cron' })
  readonly cron!: string | null;

  @ApiProperty({ ...nullable, example: '07:30' })
  readonly at!: string | null;

  @ApiProperty({ ...nullableInteger, description: '0 for Sunday' })
  readonly weekday!: number | null;

  @ApiProperty(nullableInteger)
  readonly day_of_month!: number | null;

  @ApiProperty({ example: 'Europe/Kyiv' })
  readonly timezone!: string;

  @ApiProperty({ enum: DELIVERY_METHODS })
  readonly delivery_method!: DeliveryMethod;

  @ApiProperty({ oneOf: [{ type: 'boolean' }, { type: 'string', format: 'email' }] })
  readonly delivery_email!: boolean | string;

  @ApiProperty({ ...nullable, example: 's3://bucket/prefix/' })
  readonly destination!: string | null;

  @ApiProperty({
    type: DestinationOptionsResponse,
    nullable: true,
    description: 'Without credentials, which are never shown',
  })
  readonly destination_options!: DestinationOptions | null;

  @ApiProperty({ ...nullable, format: 'uri', description: 'To others than its owner, without the path' })
  readonly webhook_url!: string | null;

  @ApiProperty({
    ...nullable,
    required: false,
    description: 'What signatures are checked with. In the answer alone that made it: it is never shown again.',
  })
  readonly webhook_secret?: string;

  @ApiProperty(nullable)
  readonly language!: string | null;

  @ApiProperty({ type: 'number', nullable: true })
  readonly retention_days!: number | null;

  @ApiProperty({ ...nullableTime, description: 'Null while it is paused' })
  readonly next_run_at!: string | null;

  @ApiProperty(nullableTime)
  readonly last_run_at!: string | null;

  @ApiProperty({ type: LastRunResponse, nullable: true })
  readonly last_run!: LastRunResponse | null;

  @ApiProperty({ description: 'Whether it runs by itself' })
  readonly is_active!: boolean;

  @ApiProperty({ ...nullable, description: 'Why it is paused; null where its owner paused it' })
  readonly paused_reason!: string | null;

  @ApiPauseCode()
  readonly paused_code!: PauseCode | null;

  @ApiProperty({ type: [String], description: 'Why it runs less often than its frequency says' })
  readonly warnings!: readonly string[];

  @ApiScheduleWarningCodes()
  readonly warning_codes!: readonly ScheduleWarningCode[];

  @ApiProperty({ type: 'integer', description: 'How many runs failed in a row' })
  readonly failures!: number;

  @ApiProperty({ format: 'date-time' })
  readonly created_at!: string;

  @ApiProperty({ format: 'date-time' })
  readonly updated_at!: string;

  static of(schedule: Schedule, { last, warnings, webhookSecret, isOwner }: ScheduleDetails): ScheduleResponse {
    const { content, rule, delivery } = schedule;
    const { webhookUrl } = delivery;
    return {
      id: schedule.id,
      name: schedule.name,
      user_id: schedule.userId,
      tenant_id: schedule.tenantId,
      data_types: content.dataTypes,
      tables: content.tables,
      columns: content.columns ?? null,
      filters: content.filters ?? null,
      options: content.options,
      format: content.format,
      frequency: rule.frequency,
      cron: rule.cron,
      at: rule.at,
      weekday: rule.weekday,
      day_of_month: rule.dayOfMonth,
      timezone: rule.timeZone,
      delivery_method: delivery.method,
      delivery_email: delivery.emailAddress ?? delivery.email,
      destination: delivery.destination,
      destination_options: delivery.destinationOptions,
      // The path of many webhooks is their key.
      webhook_url: webhookUrl === null || isOwner ? webhookUrl : new URL(webhookUrl).origin,
      ...(webhookSecret !== null && { webhook_secret: webhookSecret }),
      language: delivery.language,
      retention_days: toRetentionDays(schedule.retentionSeconds),
      next_run_at: schedule.nextRunAt?.toISOString() ?? null,
      last_run_at: schedule.lastRunAt?.toISOString() ?? null,
      last_run: last ? LastRunResponse.of(last) : null,
      is_active: schedule.isActive,
      paused_reason: schedule.pausedReason,
      paused_code: schedule.pausedCode,
      warnings: warnings.map(({ message }) => message),
      warning_codes: warnings.map(({ code }) => code),
      failures: schedule.failures,
      created_at: schedule.createdAt.toISOString(),
      updated_at: schedule.updatedAt.toISOString(),
    };
  }
}

export class ScheduleListResponse extends PageResponse {
  @ApiProperty({ type: [ScheduleResponse] })
  readonly results!: ScheduleResponse[];
}
