import { ApiProperty } from '@nestjs/swagger';
import { FileOptionsBody, ROW_FILTERS, TABLE_COLUMNS } from '../../catalog';
import { DELIVERY_METHODS, DestinationOptionsResponse } from '../../delivery';
import { toRetentionDays } from '../../export';
import { ApiTextCode, ApiWarningCodes } from '../../platform/http/api-codes.decorator';
import { PageResponse } from '../../platform/http/page';
import { FREQUENCIES, type Frequency } from '../model/domain/recurrence/recurrence-rule';
import type { Schedule } from '../model/domain/schedule';
import {
  PAUSE_CODES,
  type PauseCode,
  SCHEDULE_WARNING_CODES,
  type ScheduleWarningCode,
} from '../model/domain/schedule-codes';
import type { ScheduleWarning } from '../model/domain/slots';
import type { LastRun } from '../model/services/schedule-runs';
import { LastRunResponse } from './schedule-run.response';

const nullable = { nullable: true, type: String } as const;
const nullableInteger = { nullable: true, type: 'integer' } as const;
const nullableTime = { ...nullable, format: 'date-time' } as const;

class ScheduleOptionsResponse extends FileOptionsBody {}

/** What a response shows beside the schedule's own record. */
interface ScheduleDetails {
  readonly last: LastRun | undefined;
  readonly warnings: readonly ScheduleWarning[];
  /** If this request generated it. */
  readonly webhookSecret: string | null;
  /** Whether the caller owns the schedule. */
  readonly isOwner: boolean;
}

/** A schedule in every response. Fields that do not apply are null. */
export class ScheduleResponse {
  @ApiProperty({ format: 'uuid' })
  readonly id!: string;

  @ApiProperty()
  readonly name!: string;

  @ApiProperty({ description: 'The id of its owner' })
  readonly user_id!: string;

  @ApiProperty({ ...nullable, description: 'The tenant of its owner' })
  readonly tenant_id!: string | null;

  @ApiProperty({ type: [String], description: 'Empty without `tables`: all data types of the owner' })
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

  @ApiProperty({ ...nullable, description: 'With the frequency `cron`' })
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
  readonly delivery_method!: string;

  @ApiProperty({ oneOf: [{ type: 'boolean' }, { type: 'string', format: 'email' }] })
  readonly delivery_email!: boolean | string;

  @ApiProperty({ ...nullable, example: 's3://bucket/prefix/' })
  readonly destination!: string | null;

  @ApiProperty({
    type: DestinationOptionsResponse,
    nullable: true,
    description: 'Credentials are never shown',
  })
  readonly destination_options!: object | null;

  @ApiProperty({ ...nullable, format: 'uri', description: 'For other users than the owner, without its path' })
  readonly webhook_url!: string | null;

  @ApiProperty({
    ...nullable,
    required: false,
    description: 'The key of webhook signatures. Only the response that generated it has it; it is never shown again.',
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

  @ApiProperty({ description: 'Whether it runs at its slots' })
  readonly is_active!: boolean;

  @ApiProperty({ ...nullable, description: 'Why it is paused; null if its owner paused it' })
  readonly paused_reason!: string | null;

  @ApiTextCode('PauseCode', Object.keys(PAUSE_CODES), 'paused_reason')
  readonly paused_code!: PauseCode | null;

  @ApiProperty({ type: [String], description: 'Why it runs less often than its frequency says' })
  readonly warnings!: readonly string[];

  @ApiWarningCodes('ScheduleWarningCode', Object.keys(SCHEDULE_WARNING_CODES))
  readonly warning_codes!: readonly ScheduleWarningCode[];

  @ApiProperty({ type: 'integer', description: 'The number of failed runs in a row' })
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
      // The path of many webhooks is a secret.
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
