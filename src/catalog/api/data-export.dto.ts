import { ApiExtraModels, ApiProperty, ApiPropertyOptional, getSchemaPath, OmitType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  Allow,
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsOptional,
  IsString,
  Matches,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { Notify, NotifyBody } from '../../delivery';
import {
  DryRun,
  FormatOptions,
  MAX_PARTS,
  MIN_PART_BYTES,
  MIN_PART_ROWS,
  MIN_PARTS,
  PARTITION_UNITS,
  RetentionDays,
  ExportResponse,
  ResponseOfKind,
  TextOptionsResponse,
} from '../../export';
import { AsSent } from '../../platform/http/as-sent.decorator';
import { DIVISIBLE_FORMATS, STREAMS, TABLE_FORMATS, USER_FORMATS } from '../model/domain/data-query';
import { OPERATORS } from '../model/domain/table-plan';
import { ROW_FILTERS, TABLE_COLUMNS } from './rows.schema';

const MAX_NAMES = 200;
const MAX_NAME_LENGTH = 200;
const MAX_TIME_ZONE_LENGTH = 64;
// PostgreSQL stores neither NUL characters nor lone surrogates.
const STORABLE = /^[^\0\p{Cs}]+$/u;

const RELATIVE =
  'Dates and times may be relative: `now`, `now-7d`, `now+1h` (units `s m h d w M y`), rounded down with `/h /d /w /M /y` as in `now-1M/M`, and `today`, `yesterday`, `tomorrow`. A day or a rounded time is a period: a plain value and `eq` match times within it, `ne` matches times outside it, `gte` starts at its beginning and `lt` ends before it, `lte` and `dateTo` include all of it, `gt` starts after its end. Days begin at midnight in `options.timezone`. The record shows in `options.as_of` what `now` was.';
const FILTERS = {
  allOf: [ROW_FILTERS],
  description: `For each table: \`dateFrom\` and \`dateTo\` (compared with \`created_at\`; a \`dateTo\` without a time includes the whole day), and for each column a value or ${OPERATORS.map((operator) => `\`${operator}\``).join(', ')}. \`dateFrom\` and \`dateTo\` at the top level apply to every table. ${RELATIVE}`,
  example: { transactions: { dateFrom: '2026-01-01', amount: { gte: 10 } } },
};
const COLUMNS = {
  anyOf: [TABLE_COLUMNS, { type: 'array', items: { type: 'string' } }],
  description: 'Lists of columns by table, or one list if there is one table. Default: every allowed column',
  example: { transactions: ['id', 'amount', 'created_at'] },
};
const FILE_FORMATS = TABLE_FORMATS.filter((format) => !STREAMS.some((stream) => stream.format === format));
const NAME = { type: 'string', maxLength: MAX_NAME_LENGTH };

const DIVIDED = `${DIVISIBLE_FORMATS.join(', ')}: of one table,`;

class PartitionByBody {
  @ApiProperty({ description: 'One of the exported columns', example: 'created_at' })
  readonly column!: string;

  @ApiProperty({ enum: PARTITION_UNITS, description: '`value`: a folder for each value; otherwise for each period' })
  readonly unit!: string;
}

/** The options of a file of rows. Requests of other modules embed it. */
@FormatOptions('relations')
@ApiExtraModels(PartitionByBody)
export class FileOptionsBody {
  readonly [option: string]: unknown;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: MIN_PARTS,
    maximum: MAX_PARTS,
    description: `${DIVIDED} make so many files of about equal size instead of one. A small table may give fewer`,
  })
  @Allow()
  parts?: unknown;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: MIN_PART_ROWS,
    description: `${DIVIDED} make files of at most so many rows`,
  })
  @Allow()
  max_part_rows?: unknown;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: MIN_PART_BYTES,
    description: `${DIVIDED} make files of at most so many bytes, before they are compressed`,
  })
  @Allow()
  max_part_bytes?: unknown;

  @ApiPropertyOptional({
    type: PartitionByBody,
    description: `${DIVIDED} make files in folders such as \`created_at=2026-01\`, as Hive names them`,
  })
  @IsOptional()
  @AsSent()
  partition_by?: unknown;
}

export class DataExportOptions extends FileOptionsBody {
  @ApiPropertyOptional({
    maxLength: MAX_TIME_ZONE_LENGTH,
    default: 'UTC',
    example: 'Europe/Kyiv',
    description: 'The time zone of dates and times',
  })
  @IsOptional()
  @IsString()
  @MaxLength(MAX_TIME_ZONE_LENGTH)
  timezone?: string;

  @ApiPropertyOptional(COLUMNS)
  @IsOptional()
  @AsSent()
  columns?: unknown;
}

/** The rows, columns and format of a file. Requests of other modules embed it. */
export class RowSelectionBody {
  @ApiProperty({ enum: TABLE_FORMATS, description: `\`realtime\` does not support ${FILE_FORMATS.join(', ')}` })
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
}

/** The fields that all requests for rows share. */
export class RowsBody extends RowSelectionBody {
  @ApiPropertyOptional({ type: DataExportOptions })
  @IsOptional()
  @ValidateNested()
  @Type(() => DataExportOptions)
  options?: DataExportOptions;

  @Notify()
  notify?: NotifyBody | false;

  @RetentionDays()
  retention_days?: number;

  @DryRun()
  dry_run?: boolean;
}

export class DataExportBody extends RowsBody {
  @ApiProperty({
    enum: ['full', 'partial', 'realtime'],
    description: 'All data types, some data types, or the rows in the response itself',
  })
  @IsIn(['full', 'partial', 'realtime'])
  type!: 'full' | 'partial' | 'realtime';

  @ApiPropertyOptional({
    maxLength: MAX_NAME_LENGTH,
    description: 'The user whose rows are exported. Only administrators may name another user',
  })
  @IsOptional()
  @IsString()
  @MaxLength(MAX_NAME_LENGTH)
  @Matches(STORABLE, {
    message: 'user_id must not be empty and must not contain a NUL character or a lone surrogate',
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
  @ApiProperty({ format: 'uuid', description: 'The id of the export. Its status is at /api/v1/exports/:id' })
  readonly jobId!: string;

  @ApiProperty({ enum: ['queued'] })
  readonly status!: 'queued';

  @ApiPropertyOptional({ description: 'The key that signs messages to `notify.webhook`, if the service generated it' })
  readonly webhook_secret?: string;
}

export class UserExportQuery {
  @ApiPropertyOptional({ enum: USER_FORMATS, default: 'json' })
  @IsOptional()
  @IsString()
  format?: string;
}

class DataOptionsResponse extends TextOptionsResponse {
  @ApiPropertyOptional({ example: 'Europe/Kyiv' })
  readonly timezone?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'The time that relative times in `filters` refer to' })
  readonly as_of?: string;

  @ApiPropertyOptional({ description: 'The user whose rows are exported, if not the owner of the export' })
  readonly user_id?: string;

  @ApiPropertyOptional({ type: [String], description: 'Whole tables' })
  readonly tables?: string[];

  @ApiPropertyOptional({
    oneOf: [{ $ref: getSchemaPath('TableColumns') }, { type: 'array', items: { type: 'string' } }],
  })
  readonly columns?: unknown;
}

/** An export of rows. */
@ResponseOfKind('data')
export class DataExportResponse extends OmitType(ExportResponse, ['kind', 'filters', 'options'] as const) {
  @ApiProperty({ enum: ['data'] })
  readonly kind!: 'data';

  @ApiProperty({ oneOf: [{ $ref: getSchemaPath('RowFilters') }, { type: 'null' }] })
  readonly filters!: unknown;

  @ApiProperty({ type: DataOptionsResponse })
  readonly options!: DataOptionsResponse;
}
