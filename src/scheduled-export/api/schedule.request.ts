import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  Allow,
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsNumber,
  IsObject,
  IsOptional,
  IsString,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { FileOptionsBody, RowSelectionBody, toFileOptions } from '../../catalog';
import {
  DELIVERY_METHODS,
  DestinationOptionsBody,
  DOWNLOAD,
  type Language,
  LANGUAGES,
  toDestinationOptions,
  WebhookBody,
} from '../../delivery';
import { RetentionDays, toRetentionSeconds } from '../../export';
import { MAX_NAME_LENGTH as MAX_USER_ID_LENGTH } from '../../platform/auth/principal';
import { PageQuery } from '../../platform/http/page';
import type { RecurrenceInput } from '../model/domain/recurrence/recurrence-rule';
import { MAX_NAME_LENGTH, type ScheduleInput } from '../model/domain/schedule';

const MAX_NAMES = 200;
const MAX_DESTINATION_LENGTH = 2_000;
const MAX_TEXT_LENGTH = 200;

class ScheduleOptions extends FileOptionsBody {}

/** A schedule to create, or to replace one with. Fields that are left out get their defaults. */
export class ScheduleRequest extends RowSelectionBody {
  @ApiProperty({
    minLength: 1,
    maxLength: MAX_NAME_LENGTH,
    example: 'daily_transactions',
    description: 'Files are named after it',
  })
  @IsString()
  name!: string;

  @ApiPropertyOptional({
    type: [String],
    example: ['profile', 'payments'],
    description: 'Default: all my data types',
  })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(MAX_NAMES)
  @ArrayUnique()
  @IsString({ each: true })
  @MaxLength(MAX_TEXT_LENGTH, { each: true })
  data_types?: string[] | null;

  @ApiPropertyOptional({ type: [String], example: ['transactions'], description: 'Whole tables, for administrators' })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(MAX_NAMES)
  @IsString({ each: true })
  @MaxLength(MAX_TEXT_LENGTH, { each: true })
  tables?: string[] | null;

  @ApiPropertyOptional({ type: ScheduleOptions })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => ScheduleOptions)
  options?: ScheduleOptions | null;

  @ApiProperty({
    example: 'daily',
    description:
      '`hourly`, `daily`, `weekly`, `monthly`, `cron`, or a cron expression of five fields. A time that the clock skips runs at the first moment after the gap; a time that it shows twice runs once. Hourly schedules, and expressions whose hours start with `*`, follow elapsed time.',
  })
  @IsString()
  @MaxLength(MAX_TEXT_LENGTH)
  frequency!: string;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    example: '0 1 * * *',
    description: 'With the frequency `cron`',
  })
  @IsOptional()
  @IsString()
  cron?: string | null;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    default: '00:00',
    example: '07:30',
    description: 'Hourly schedules use only the minute',
  })
  @IsOptional()
  @IsString()
  at?: string | null;

  @ApiPropertyOptional({
    oneOf: [{ type: 'integer', minimum: 0, maximum: 6 }, { type: 'string' }, { type: 'null' }],
    default: 1,
    example: 'monday',
    description: 'For weekly schedules: 0 for Sunday, or a name',
  })
  @IsOptional()
  @Allow()
  weekday?: unknown;

  @ApiPropertyOptional({
    type: 'integer',
    nullable: true,
    minimum: 1,
    maximum: 31,
    default: 1,
    description: 'For monthly schedules; the last day of shorter months',
  })
  @IsOptional()
  @IsNumber({}, { message: 'day_of_month must be a whole number from 1 to 31' })
  day_of_month?: number | null;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    default: 'UTC',
    example: 'Europe/Kyiv',
    description: 'The time zone of the schedule, and of the times in its files',
  })
  @IsOptional()
  @IsString()
  @MaxLength(MAX_TEXT_LENGTH)
  timezone?: string | null;

  @ApiPropertyOptional({ enum: DELIVERY_METHODS, default: DOWNLOAD })
  @IsOptional()
  @IsIn(DELIVERY_METHODS)
  delivery_method?: string | null;

  @ApiPropertyOptional({
    oneOf: [{ type: 'boolean' }, { type: 'string', format: 'email' }],
    default: false,
    description: 'Whether to notify me of each run by email, or the address to notify',
  })
  @IsOptional()
  @Allow()
  delivery_email?: unknown;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    example: 's3://bucket/prefix/',
    description: 'For `s3`; it is probed when the schedule is saved',
  })
  @IsOptional()
  @IsString()
  @MaxLength(MAX_DESTINATION_LENGTH)
  destination?: string | null;

  @ApiPropertyOptional({
    type: DestinationOptionsBody,
    description: 'Credentials that are left out are kept if the destination is the same',
  })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => DestinationOptionsBody)
  destination_options?: DestinationOptionsBody | null;

  @ApiPropertyOptional({
    type: WebhookBody,
    description: 'For `webhook`; a secret that is left out is kept if the address is the same',
  })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => WebhookBody)
  webhook?: WebhookBody | null;

  @ApiPropertyOptional({ enum: LANGUAGES, description: 'The language of emails' })
  @IsOptional()
  @IsIn(LANGUAGES)
  language?: Language | null;

  @RetentionDays()
  retention_days?: number | null;

  @ApiPropertyOptional({ type: Boolean, nullable: true, default: true, description: 'Whether it runs at its slots' })
  @IsOptional()
  @IsBoolean()
  is_active?: boolean | null;

  /** When it runs, as the model reads it. */
  static toRecurrence(body: RecurrenceFields): RecurrenceInput {
    const { frequency, cron, at, weekday, day_of_month, timezone } = body;
    return { frequency, cron, at, weekday, dayOfMonth: day_of_month, timeZone: timezone };
  }

  /** The body as the model reads it. */
  static toInput(body: ScheduleRequest): ScheduleInput {
    const { name, format, data_types, tables, columns, filters, options, retention_days, is_active } = body;
    return {
      name,
      content: {
        format,
        dataTypes: data_types ?? [],
        tables: tables ?? [],
        columns: columns ?? undefined,
        filters: filters ?? undefined,
        options: toFileOptions(options ?? {}),
      },
      recurrence: ScheduleRequest.toRecurrence(body),
      delivery: toDelivery(body),
      retentionSeconds: toRetentionSeconds(retention_days),
      isActive: is_active ?? true,
    };
  }
}

type RecurrenceFields = Pick<ScheduleRequest, 'frequency' | 'cron' | 'at' | 'weekday' | 'day_of_month' | 'timezone'>;

type DeliveryFields = Pick<
  ScheduleRequest,
  'delivery_method' | 'delivery_email' | 'language' | 'destination' | 'destination_options' | 'webhook'
>;

export function toDelivery(body: DeliveryFields): ScheduleInput['delivery'] {
  const { delivery_method, delivery_email, language, destination, destination_options: options, webhook } = body;
  return {
    method: delivery_method ?? DOWNLOAD,
    email: delivery_email ?? undefined,
    language: language ?? undefined,
    destination: destination ?? undefined,
    ...(options && { destinationOptions: toDestinationOptions(options) }),
    ...(webhook && { webhook: { url: webhook.url, secret: webhook.secret ?? undefined } }),
  };
}

export class ScheduleListQuery extends PageQuery {
  @ApiPropertyOptional({ type: 'boolean' })
  @IsOptional()
  @IsIn(['true', 'false'], { message: 'is_active must be true or false' })
  is_active?: 'true' | 'false';

  @ApiPropertyOptional({
    example: 'all',
    description:
      'For administrators: a user id, or `all` for every user of the token’s tenant. Default: my own schedules.',
  })
  @IsOptional()
  @IsString()
  @MaxLength(MAX_USER_ID_LENGTH)
  owner?: string;
}
