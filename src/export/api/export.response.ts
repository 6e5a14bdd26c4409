import { ApiProperty, ApiPropertyOptional, getSchemaPath } from '@nestjs/swagger';
import { ApiTextCode, ApiWarningCodes } from '../../platform/http/api-codes.decorator';
import { namedSchema } from '../../platform/http/open-api-components';
import { PageResponse } from '../../platform/http/page';
import { type Export, percentOf } from '../model/domain/export';
import { type ExportEstimate, toEstimateFigures } from '../model/domain/export-estimate';
import { EXPORT_KINDS, type ExportKind } from '../model/domain/export-kind';
import { ALL_FAILURE_CODES, type FailureCode } from '../model/domain/failure-codes';
import { EXPORT_FORMATS, type ExportFormat, WARNING_CODES, type WarningCode } from '../../formats';
import { EXPORT_STATUSES, type ExportStatus } from '../model/domain/export-status';

class ProgressResponse {
  @ApiProperty({ type: 'integer', nullable: true, description: 'Null while the total is unknown', example: 40 })
  readonly percent!: number | null;

  @ApiProperty({ type: 'integer', example: 12 })
  readonly done!: number;

  @ApiProperty({ type: 'integer', nullable: true, example: 30 })
  readonly total!: number | null;

  @ApiProperty({ type: String, nullable: true, enum: ['pages', 'rows', null] })
  readonly unit!: 'pages' | 'rows' | null;
}

class ReadResponse {
  @ApiProperty({ type: 'integer', description: 'The most connections that read at once', example: 2 })
  readonly connections!: number;

  @ApiProperty({
    type: 'integer',
    description: 'How many ranges of the tables were read: one for each table that was not split',
    example: 40,
  })
  readonly ranges!: number;
}

const nullable = { nullable: true, type: String } as const;
const nullableInteger = { nullable: true, type: 'integer' } as const;
const nullableTime = { ...nullable, format: 'date-time' } as const;

/** What is expected of an export. */
export class EstimateFiguresResponse {
  @ApiProperty({ ...nullableInteger, example: 12_034, description: 'Rows, or the pages of a board; null if unknown' })
  readonly record_count!: number | null;

  @ApiProperty({ ...nullableInteger, example: 830_000, description: 'Bytes' })
  readonly file_size!: number | null;

  @ApiProperty({ type: 'number', nullable: true, example: 1.4, description: 'From start to completion' })
  readonly duration_seconds!: number | null;

  static of(estimate: ExportEstimate): EstimateFiguresResponse {
    return toEstimateFigures(estimate);
  }
}

/** Signed links, created for each response. */
export interface ExportLinks {
  readonly fileUrl: string | null;
  readonly eventsUrl: string | null;
}

/** One export, as every endpoint returns it. */
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

  @ApiProperty({ ...nullable, description: 'The owner; null if an external system requested it for itself' })
  readonly user_id!: string | null;

  @ApiProperty({ ...nullable, description: 'Of data exports: full, partial, realtime, bulk, user or scheduled' })
  readonly type!: string | null;

  @ApiProperty({ enum: EXPORT_FORMATS })
  readonly format!: ExportFormat;

  @ApiProperty({ enum: EXPORT_STATUSES })
  readonly status!: ExportStatus;

  @ApiProperty({ type: ProgressResponse })
  readonly progress!: ProgressResponse;

  @ApiProperty({
    type: EstimateFiguresResponse,
    nullable: true,
    description: 'What was expected when it was requested; null if it was not estimated',
  })
  readonly estimate!: EstimateFiguresResponse | null;

  @ApiProperty({ type: Object, nullable: true })
  readonly filters!: unknown;

  @ApiProperty({ type: [String], nullable: true })
  readonly data_types!: readonly string[] | null;

  @ApiProperty({ type: Object })
  readonly options!: object;

  @ApiProperty({
    ...nullable,
    format: 'uri',
    description: 'A link that needs no header and works for at least 15 minutes',
  })
  readonly file_url!: string | null;

  @ApiProperty({
    ...nullable,
    format: 'uri',
    description:
      'The event stream, for `EventSource`: a link that needs no header and works for at least 15 minutes. The stream ends ' +
      'when the link expires. Null once the export is finished.',
  })
  readonly events_url!: string | null;

  @ApiProperty(nullable)
  readonly file_name!: string | null;

  @ApiProperty({ ...nullableInteger, description: 'Bytes' })
  readonly file_size!: number | null;

  @ApiProperty({
    ...nullable,
    description: 'SHA-256 of the file, or of the manifest of several files, in lower-case hex',
  })
  readonly sha256!: string | null;

  @ApiProperty(nullableInteger)
  readonly record_count!: number | null;

  @ApiProperty(nullableInteger)
  readonly page_count!: number | null;

  @ApiProperty({
    type: ReadResponse,
    nullable: true,
    description: 'Of data exports of one file, once they are completed: how the rows were read from the database',
  })
  readonly read!: ReadResponse | null;

  @ApiProperty({ type: 'integer', description: 'The number of complete downloads' })
  readonly download_count!: number;

  @ApiProperty({ ...nullableTime, description: 'When a one-time file was downloaded' })
  readonly downloaded_at!: string | null;

  @ApiProperty({
    ...nullable,
    example: 'user:42',
    description: 'Who downloaded a one-time file: `user:<id>`, `customer:<id>`, or `link` for the bearer of its link',
  })
  readonly downloaded_by!: string | null;

  @ApiProperty({ description: 'Whether the first complete download deletes the file' })
  readonly one_time!: boolean;

  @ApiProperty({
    type: [String],
    description: 'What the file lacks or shows differently, such as an image that could not be loaded',
  })
  readonly warnings!: readonly string[];

  @ApiWarningCodes('WarningCode', Object.keys(WARNING_CODES))
  readonly warning_codes!: readonly WarningCode[];

  @ApiProperty({ ...nullable, description: 'Why the export failed' })
  readonly error!: string | null;

  @ApiTextCode('FailureCode', ALL_FAILURE_CODES)
  readonly error_code!: FailureCode | null;

  @ApiProperty({
    ...nullableTime,
    description:
      'When the file is or was deleted; a one-time file is deleted earlier if it is downloaded. While the export is ' +
      'unfinished, the earliest time. Null if there is no file and there will be none.',
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
    type: 'integer',
    description: 'How many files it consists of, whose zip is at `file_url`. Only of an export of several files.',
  })
  readonly part_count?: number;

  @ApiPropertyOptional({
    description:
      'The secret that signs messages to `notify.webhook`, if the service generated it. Only the response to the request ' +
      'that created the export contains it.',
  })
  readonly webhook_secret?: string;

  /** Lists every field, so that a new column of the record cannot leak. */
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
      estimate: source.estimate && EstimateFiguresResponse.of(source.estimate),
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
      read: source.read && { connections: source.read.connections, ranges: source.read.ranges },
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
      // Receivers of webhooks rely on the exact body of an export of one file.
      ...(source.partCount !== null && { part_count: source.partCount }),
      ...(webhookSecret !== undefined && { webhook_secret: webhookSecret }),
    };
  }
}

export class ExportListResponse extends PageResponse {
  @ApiProperty({ type: [ExportResponse] })
  readonly results!: ExportResponse[];
}

/** The options of text formats. */
export class TextOptionsResponse {
  @ApiPropertyOptional({ description: 'csv, xlsx: keep texts that a spreadsheet would run as formulas unchanged' })
  readonly raw?: boolean;

  @ApiPropertyOptional({ description: 'csv: start with a byte order mark' })
  readonly bom?: boolean;

  @ApiPropertyOptional({ example: ';', description: 'csv' })
  readonly delimiter?: string;

  @ApiPropertyOptional({ example: 'gzip' })
  readonly compression?: string;
}

const oneOf: { $ref: string }[] = [];
const mapping: Record<string, string> = {};

namedSchema(ExportResponse.name, {
  description: 'An export. Fields that do not apply are null.',
  oneOf,
  discriminator: { propertyName: 'kind', mapping },
});

/**
 * Makes a class the response for a kind of exports in the API description. The module of the kind lists it among the extra
 * models of its controller.
 */
export function ResponseOfKind(kind: string): ClassDecorator {
  return (type) => {
    mapping[kind] = getSchemaPath(type);
    const known = Object.entries(mapping).sort(([one], [other]) => (one < other ? -1 : 1));
    oneOf.splice(0, oneOf.length, ...known.map(([, $ref]) => ({ $ref })));
  };
}
