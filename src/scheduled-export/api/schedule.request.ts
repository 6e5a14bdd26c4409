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
import { FileOptionsBody, RowSelectionBody } from '../../catalog';
import { DELIVERY_METHODS, type DeliveryMethod, type Language, LANGUAGES, WebhookBody } from '../../delivery';
import { RetentionDays, toRetentionSeconds } from '../../export';
import { DestinationOptionsBody, MAX_ADDRESS_LENGTH } from './schedule-destination.body';
import { MAX_NAME_LENGTH } from '../model/domain/schedule';
import type { ScheduleInput } from '../model/domain/schedule-input';

const MAX_NAMES = 200;
const MAX_TEXT_LENGTH = 200;

class ScheduleOptions extends FileOptionsBody {}

/** What a schedule is to be. What is left out gets its default, also where a schedule is replaced. */
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
    description: 'Everything of mine without it',
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
      '`hourly`, `daily`, `weekly`, `monthly`, or a cron expression of five fields, here or as `cron`. A time that clocks jump over comes at the first moment after the jump, one that they show twice comes once; hourly schedules, and expressions whose hours begin with `*`, go by the time that passes.',
  })
  @IsString()
  @MaxLength(MAX_TEXT_LENGTH)
  frequency!: string;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    example: '0 1 * * *',
    description: 'Where `frequency` is `cron`',
  })
  @IsOptional()
  @IsString()
  cron?: string | null;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    default: '00:00',
    example: '07:30',
    description: 'Of hourly schedules the minute alone counts',
  })
  @IsOptional()
  @IsString()
  at?: string | null;

  @ApiPropertyOptional({
    oneOf: [{ type: 'integer', minimum: 0, maximum: 6 }, { type: 'string' }, { type: 'null' }],
    default: 1,
    example: 'monday',
    description: 'Of weekly schedules: 0 for Sunday, or a name',
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
    description: 'Of monthly schedules; the last day of months that are shorter',
  })
  @IsOptional()
  @IsNumber({}, { message: 'day_of_month must be a whole number from 1 to 31' })
  day_of_month?: number | null;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    default: 'UTC',
    example: 'Europe/Kyiv',
    description: 'By whose clocks it runs, and in which times are written',
  })
  @IsOptional()
  @IsString()
  @MaxLength(MAX_TEXT_LENGTH)
  timezone?: string | null;

  @ApiPropertyOptional({ enum: DELIVERY_METHODS, default: 'download' })
  @IsOptional()
  @IsIn(DELIVERY_METHODS)
  delivery_method?: DeliveryMethod | null;

  @ApiPropertyOptional({
    oneOf: [{ type: 'boolean' }, { type: 'string', format: 'email' }],
    default: false,
    description: 'Whether to write to me of each run, or to which address',
  })
  @IsOptional()
  @Allow()
  delivery_email?: unknown;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    example: 's3://bucket/prefix/',
    description: 'For `s3`; it is tried when the schedule is saved',
  })
  @IsOptional()
  @IsString()
  @MaxLength(MAX_ADDRESS_LENGTH)
  destination?: string | null;

  @ApiPropertyOptional({
    type: DestinationOptionsBody,
    description: 'Credentials that are left out stay what they were for the same destination',
  })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => DestinationOptionsBody)
  destination_options?: DestinationOptionsBody | null;

  @ApiPropertyOptional({
    type: WebhookBody,
    description: 'For `webhook`; a secret that is left out stays what it was for the same address',
  })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => WebhookBody)
  webhook?: WebhookBody | null;

  @ApiPropertyOptional({ enum: LANGUAGES, description: 'In which language mail is written' })
  @IsOptional()
  @IsIn(LANGUAGES)
  language?: Language | null;

  @RetentionDays()
  retention_days?: number | null;

  @ApiPropertyOptional({ type: Boolean, nullable: true, default: true, description: 'Whether it runs by itself' })
  @IsOptional()
  @IsBoolean()
  is_active?: boolean | null;

  /** The body as the model reads it. */
  static toInput(body: ScheduleRequest): ScheduleInput {
    const { name, format, data_types, tables, columns, filters, options, retention_days, is_active } = body;
    const { raw, bom, delimiter, compression } = options ?? {};
    const { frequency, cron, at, weekday, day_of_month, timezone } = body;
    return {
      name,
      content: {
        format,
        dataTypes: data_types ?? [],
        tables: tables ?? [],
        columns: columns ?? undefined,
        filters: filters ?? undefined,
        options: { raw, bom, delimiter, compression },
      },
      recurrence: { frequency, cron, at, weekday, dayOfMonth: day_of_month, timeZone: timezone },
      delivery: deliveryOf(body),
      retentionSeconds: toRetentionSeconds(retention_days),
      isActive: is_active ?? true,
    };
  }
}

function deliveryOf(body: ScheduleRequest): ScheduleInput['delivery'] {
  const { delivery_method, delivery_email, language, destination, destination_options: options, webhook } = body;
  return {
    method: delivery_method ?? 'download',
    email: delivery_email ?? undefined,
    language: language ?? undefined,
    destination: destination ?? undefined,
    ...(options && {
      destinationOptions: {
        endpoint: options.endpoint ?? undefined,
        region: options.region ?? undefined,
        accessKeyId: options.access_key_id ?? undefined,
        secretAccessKey: options.secret_access_key ?? undefined,
        forcePathStyle: options.force_path_style ?? undefined,
      },
    }),
    ...(webhook && { webhook: { url: webhook.url, secret: webhook.secret ?? undefined } }),
  };
}
