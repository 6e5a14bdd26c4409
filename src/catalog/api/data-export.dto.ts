import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsOptional,
  IsString,
  Matches,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { Notify, NotifyBody } from '../../delivery';
import { RetentionDays } from '../../export';
import { AsSent } from '../../platform/http/as-sent.decorator';
import { TABLE_FORMATS } from '../model/domain/data-request';
import { DELIMITERS } from '../model/domain/export-options';
import { OPERATORS } from '../model/domain/table-plan';
import { ROW_FILTERS, TABLE_COLUMNS } from './rows.schema';

const MAX_NAMES = 200;
const MAX_NAME_LENGTH = 200;
const MAX_TIME_ZONE_LENGTH = 64;
// PostgreSQL stores neither.
const STORABLE = /^[^\0\p{Cs}]+$/u;

const RELATIVE =
  'Dates and times may be relative: `now`, `now-7d`, `now+1h` (units `s m h d w M y`), rounded down by `/h /d /w /M /y` as in `now-1M/M`, and `today`, `yesterday`, `tomorrow`. A day, and whatever is rounded, means the whole of it: a plain value and `eq` are within it, `ne` is outside, `gte` is from its beginning on and `lt` before that, `lte` and `dateTo` include it, `gt` comes after its end. Days begin in `options.timezone`; the record shows by `options.as_of` which moment `now` was.';
const FILTERS = {
  allOf: [ROW_FILTERS],
  description: `By table: \`dateFrom\` and \`dateTo\` (on \`created_at\`; a \`dateTo\` without a time means the whole day), and by column a value or ${OPERATORS.map((operator) => `\`${operator}\``).join(', ')}. \`dateFrom\` and \`dateTo\` also stand at the top, for every table. ${RELATIVE}`,
  example: { transactions: { dateFrom: '2026-01-01', amount: { gte: 10 } } },
};
const COLUMNS = {
  anyOf: [TABLE_COLUMNS, { type: 'array', items: { type: 'string' } }],
  description: 'Lists of columns by table, or one list where there is one table; every allowed column without it',
  example: { transactions: ['id', 'amount', 'created_at'] },
};
const NAME = { type: 'string', maxLength: MAX_NAME_LENGTH };

export class DataExportOptions {
  @ApiPropertyOptional({ description: 'Leave texts as they are that a spreadsheet would run as a formula' })
  @IsOptional()
  @IsBoolean()
  raw?: boolean;

  @ApiPropertyOptional({ description: 'Begin a CSV with a byte order mark, for Excel' })
  @IsOptional()
  @IsBoolean()
  bom?: boolean;

  @ApiPropertyOptional({ enum: DELIMITERS, default: ',' })
  @IsOptional()
  @IsIn(DELIMITERS)
  delimiter?: string;

  @ApiPropertyOptional({
    maxLength: MAX_TIME_ZONE_LENGTH,
    default: 'UTC',
    example: 'Europe/Kyiv',
    description: 'In which times are written',
  })
  @IsOptional()
  @IsString()
  @MaxLength(MAX_TIME_ZONE_LENGTH)
  timezone?: string;

  @ApiPropertyOptional({ enum: ['gzip'], description: 'For formats that come as one text file' })
  @IsOptional()
  @IsIn(['gzip'])
  compression?: 'gzip';

  @ApiPropertyOptional(COLUMNS)
  @IsOptional()
  @AsSent()
  columns?: unknown;
}

/** What every request for rows says alike. */
export class RowsBody {
  @ApiProperty({ enum: TABLE_FORMATS, description: 'Rows in the answer do not come as xlsx' })
  @IsString()
  format!: string;

  @ApiPropertyOptional(FILTERS)
  @IsOptional()
  @AsSent()
  filters?: unknown;

  @ApiPropertyOptional(COLUMNS)
  @IsOptional()
  @AsSent()
  columns?: unknown;

  @ApiPropertyOptional({ type: DataExportOptions })
  @IsOptional()
  @ValidateNested()
  @Type(() => DataExportOptions)
  options?: DataExportOptions;

  @Notify()
  notify?: NotifyBody | false;

  @RetentionDays()
  retention_days?: number;
}

export class DataExportBody extends RowsBody {
  @ApiProperty({
    enum: ['full', 'partial', 'realtime'],
    description: 'Everything, some data types, or the rows at once in the answer',
  })
  @IsIn(['full', 'partial', 'realtime'])
  type!: 'full' | 'partial' | 'realtime';

  @ApiPropertyOptional({
    maxLength: MAX_NAME_LENGTH,
    description: 'Whose rows; only administrators may name somebody else',
  })
  @IsOptional()
  @IsString()
  @MaxLength(MAX_NAME_LENGTH)
  @Matches(STORABLE, {
    message: 'user_id must not be empty, nor have a NUL character or half of a surrogate pair in it',
  })
  user_id?: string;

  @ApiPropertyOptional({ uniqueItems: true, example: ['profile', 'payments'], type: 'array', items: NAME })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(MAX_NAMES)
  @ArrayUnique()
  @IsString({ each: true })
  @MaxLength(MAX_NAME_LENGTH, { each: true })
  data_types?: string[];
}

export class BulkExportBody extends RowsBody {
  @ApiProperty({ uniqueItems: true, minItems: 1, example: ['transactions'], type: 'array', items: NAME })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MAX_NAMES)
  @ArrayUnique()
  @IsString({ each: true })
  @MaxLength(MAX_NAME_LENGTH, { each: true })
  tables!: string[];
}

export class BulkExportResponse {
  @ApiProperty({ format: 'uuid', description: 'The id of the export, whose status is at /api/v1/exports/:id' })
  readonly jobId!: string;

  @ApiProperty({ enum: ['queued'] })
  readonly status!: 'queued';

  @ApiPropertyOptional({ description: 'What messages to `notify.webhook` are signed with, where it was made here' })
  readonly webhook_secret?: string;
}

export class UserExportQuery {
  @ApiPropertyOptional({ enum: ['json', 'csv'], default: 'json' })
  @IsOptional()
  @IsString()
  format?: string;
}
