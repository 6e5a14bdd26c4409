import { ApiProperty, ApiPropertyOptional, getSchemaPath } from '@nestjs/swagger';
import type { FailureCode, WarningCode } from '../../platform/errors/record-codes';
import { ApiFailureCode, ApiWarningCodes } from '../../platform/http/api-codes.decorator';
import { namedSchema } from '../../platform/http/open-api-components';
import { PageResponse } from '../../platform/http/page';
import { type Export, percentOf } from '../model/domain/export';
import { EXPORT_KINDS, type ExportKind } from '../model/domain/export-kind';
import { EXPORT_FORMATS, type ExportFormat } from '../../formats';
import { EXPORT_STATUSES, type ExportStatus } from '../model/domain/export-status';

class ProgressResponse {
  @ApiProperty({ type: 'integer', nullable: true, description: 'Null while the total is not known', example: 40 })
  readonly percent!: number | null;

  @ApiProperty({ type: 'integer', example: 12 })
  readonly done!: number;

  @ApiProperty({ type: 'integer', nullable: true, example: 30 })
  readonly total!: number | null;

  @ApiProperty({ type: String, nullable: true, enum: ['pages', 'rows', null] })
  readonly unit!: 'pages' | 'rows' | null;
}

const nullable = { nullable: true, type: String } as const;
const nullableInteger = { nullable: true, type: 'integer' } as const;
const nullableTime = { ...nullable, format: 'date-time' } as const;

/** Signed links, which are made for each answer. */
export interface ExportLinks {
  readonly fileUrl: string | null;
  readonly eventsUrl: string | null;
}

/** One export, as every endpoint shows it. What does not apply is null. */
export class ExportResponse {
  @ApiProperty({ format: 'uuid' })
  readonly id!: string;

  @ApiProperty({ enum: EXPORT_KINDS })
  readonly kind!: ExportKind;

  @ApiProperty({ ...nullable, format: 'uuid' })
  readonly session_id!: string | null;

  @ApiProperty({ ...nullable, format: 'uuid' })
  readonly event_id!: string | null;

  @ApiProperty({ ...nullable, format: 'uuid' })
  readonly schedule_id!: string | null;

  @ApiProperty({ ...nullable, description: 'Whose it is; null where an external system asked for itself' })
  readonly user_id!: string | null;

  @ApiProperty({ ...nullable, description: 'full, partial or realtime for data exports' })
  readonly type!: string | null;

  @ApiProperty({ enum: EXPORT_FORMATS })
  readonly format!: ExportFormat;

  @ApiProperty({ enum: EXPORT_STATUSES })
  readonly status!: ExportStatus;

  @ApiProperty({ type: ProgressResponse })
  readonly progress!: ProgressResponse;

  @ApiProperty({ type: Object, nullable: true })
  readonly filters!: unknown;

  @ApiProperty({ type: [String], nullable: true })
  readonly data_types!: readonly string[] | null;

  @ApiProperty({ type: Object })
  readonly options!: object;

  @ApiProperty({
    ...nullable,
    format: 'uri',
    description: 'A link that works without a header for at least 15 minutes',
  })
  readonly file_url!: string | null;

  @ApiProperty({
    ...nullable,
    format: 'uri',
    description:
      'Its event stream, for `EventSource`: a link that works without a header for at least 15 minutes, when the stream ' +
      'ends too. Null once the export is finished.',
  })
  readonly events_url!: string | null;

  @ApiProperty(nullable)
  readonly file_name!: string | null;

  @ApiProperty({ ...nullableInteger, description: 'Bytes' })
  readonly file_size!: number | null;

  @ApiProperty({ ...nullable, description: 'Of the whole file, in lower-case hex' })
  readonly sha256!: string | null;

  @ApiProperty(nullableInteger)
  readonly record_count!: number | null;

  @ApiProperty(nullableInteger)
  readonly page_count!: number | null;

  @ApiProperty({ type: 'integer', description: 'Complete downloads' })
  readonly download_count!: number;

  @ApiProperty({ ...nullableTime, description: 'When a one-time file was given out' })
  readonly downloaded_at!: string | null;

  @ApiProperty({
    ...nullable,
    example: 'user:42',
    description: 'Who took a one-time file: `user:<id>`, `customer:<id>`, or `link` for the bearer of its link',
  })
  readonly downloaded_by!: string | null;

  @ApiProperty({ description: 'Whether the first complete download deletes the file' })
  readonly one_time!: boolean;

  @ApiProperty({
    type: [String],
    description: 'What the file lacks or shows otherwise, such as an image that could not be had',
  })
  readonly warnings!: readonly string[];

  @ApiWarningCodes()
  readonly warning_codes!: readonly WarningCode[];

  @ApiProperty({ ...nullable, description: 'Why it failed' })
  readonly error!: string | null;

  @ApiFailureCode()
  readonly error_code!: FailureCode | null;

  @ApiProperty({
    ...nullableTime,
    description:
      'When the file is deleted, or was: for a one-time file at the latest. While the export is unfinished the file is kept ' +
      'until then at least. Null where there is or will be no file.',
  })
  readonly expires_at!: string | null;

  @ApiProperty({ format: 'date-time' })
  readonly created_at!: string;

  @ApiProperty({ format: 'date-time' })
  readonly updated_at!: string;

  @ApiProperty(nullableTime)
  readonly started_at!: string | null;

  @ApiProperty(nullableTime)
  readonly completed_at!: string | null;

  @ApiPropertyOptional({
    description:
      'What messages to `notify.webhook` are signed with, where it was made here. Only the answer that made the export has it.',
  })
  readonly webhook_secret?: string;

  /** Every field by name, so that a new column of the record cannot leak. */
  static of(source: Export, { fileUrl, eventsUrl }: ExportLinks, webhookSecret?: string): ExportResponse {
    return {
      id: source.id,
      kind: source.kind,
      session_id: source.kind === 'board' ? source.subject : null,
      event_id: source.kind === 'event' ? source.subject : null,
      schedule_id: source.scheduleId,
      user_id: source.userId,
      type: source.type,
      format: source.format,
      status: source.status,
      progress: { percent: percentOf(source.progress, source.status), ...source.progress },
      filters: source.filters,
      data_types: source.dataTypes.length > 0 ? source.dataTypes : null,
      options: source.options,
      file_url: fileUrl,
      events_url: eventsUrl,
      file_name: source.fileName,
      file_size: source.fileSize,
      sha256: source.sha256,
      record_count: source.recordCount,
      page_count: source.pageCount,
      download_count: source.downloadCount,
      downloaded_at: source.downloadedAt?.toISOString() ?? null,
      downloaded_by: source.downloadedBy,
      one_time: source.oneTime,
      warnings: source.warnings.map(({ text }) => text),
      warning_codes: source.warnings.map(({ code }) => code),
      error: source.error,
      error_code: source.errorCode,
      expires_at: source.expiresAt?.toISOString() ?? null,
      created_at: source.createdAt.toISOString(),
      updated_at: source.updatedAt.toISOString(),
      started_at: source.startedAt?.toISOString() ?? null,
      completed_at: source.completedAt?.toISOString() ?? null,
      ...(webhookSecret !== undefined && { webhook_secret: webhookSecret }),
    };
  }
}

export class ExportListResponse extends PageResponse {
  @ApiProperty({ type: [ExportResponse] })
  readonly results!: ExportResponse[];
}

/** Options of formats that are text. */
export class TextOptionsResponse {
  @ApiPropertyOptional({ description: 'csv, xlsx: texts stay as they are that a spreadsheet would run as a formula' })
  readonly raw?: boolean;

  @ApiPropertyOptional({ description: 'csv: begins with a byte order mark' })
  readonly bom?: boolean;

  @ApiPropertyOptional({ example: ';', description: 'csv' })
  readonly delimiter?: string;

  @ApiPropertyOptional({ example: 'gzip' })
  readonly compression?: string;
}

const oneOf: { $ref: string }[] = [];
const mapping: Record<string, string> = {};

namedSchema(ExportResponse.name, {
  description: 'An export. What does not apply is null.',
  oneOf,
  discriminator: { propertyName: 'kind', mapping },
});

/**
 * Makes a class the answer for a kind of exports in the API description. The module of the kind names it among the extra
 * models of its controller.
 */
export function ResponseOfKind(kind: string): ClassDecorator {
  return (type) => {
    mapping[kind] = getSchemaPath(type);
    oneOf.splice(
      0,
      oneOf.length,
      ...Object.keys(mapping)
        .sort()
        .map((known) => ({ $ref: mapping[known]! })),
    );
  };
}
