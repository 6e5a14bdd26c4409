import type { Type } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional, getSchemaPath, OmitType } from '@nestjs/swagger';
import { namedSchema } from '../../platform/http/open-api-components';
import type { ExportKind } from '../model/domain/export-kind';
import { ExportResponse } from './export.response';

class BoardOptionsResponse {
  @ApiPropertyOptional({ description: 'png' })
  readonly pixel_ratio?: number;

  @ApiPropertyOptional({ example: 'white', description: 'png' })
  readonly background?: string;

  @ApiPropertyOptional({ type: 'integer', description: 'png: the only page' })
  readonly page?: number;

  @ApiPropertyOptional({ example: 'a4', description: 'pdf' })
  readonly page_size?: string;

  @ApiPropertyOptional({ example: 'landscape', description: 'pdf' })
  readonly orientation?: string;
}

class TextOptionsResponse {
  @ApiPropertyOptional({ description: 'csv, xlsx: texts stay as they are that a spreadsheet would run as a formula' })
  readonly raw?: boolean;

  @ApiPropertyOptional({ description: 'csv: begins with a byte order mark' })
  readonly bom?: boolean;

  @ApiPropertyOptional({ example: ';', description: 'csv' })
  readonly delimiter?: string;

  @ApiPropertyOptional({ example: 'gzip' })
  readonly compression?: string;
}

class DataOptionsResponse extends TextOptionsResponse {
  @ApiPropertyOptional({ example: 'Europe/Kyiv' })
  readonly timezone?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'The moment that relative times of `filters` refer to' })
  readonly as_of?: string;

  @ApiPropertyOptional({ description: 'Whose rows, where that is not the owner of the export' })
  readonly user_id?: string;

  @ApiPropertyOptional({ type: [String], description: 'Whole tables' })
  readonly tables?: string[];

  @ApiPropertyOptional({
    oneOf: [{ $ref: getSchemaPath('TableColumns') }, { type: 'array', items: { type: 'string' } }],
  })
  readonly columns?: unknown;
}

class ResultsOptionsResponse extends TextOptionsResponse {
  @ApiPropertyOptional({ example: 'label' })
  readonly header?: string;

  @ApiPropertyOptional()
  readonly points?: boolean;

  @ApiPropertyOptional({ example: 'a4', description: 'pdf' })
  readonly page_size?: string;

  @ApiPropertyOptional({ example: 'landscape', description: 'pdf' })
  readonly orientation?: string;
}

/** An export of a board. */
export class BoardExportResponse extends OmitType(ExportResponse, ['kind', 'options'] as const) {
  @ApiProperty({ enum: ['board'] })
  readonly kind!: 'board';

  @ApiProperty({ type: BoardOptionsResponse })
  readonly options!: BoardOptionsResponse;

  @ApiPropertyOptional({
    type: Object,
    nullable: true,
    description:
      'The state of a board that was exported as JSON, up to 5 MB. Only the answer to the request that creates the export ' +
      'has it, where it is completed by then, as after `Prefer: wait`.',
  })
  readonly data?: unknown;
}

/** An export of rows. */
export class DataExportResponse extends OmitType(ExportResponse, ['kind', 'filters', 'options'] as const) {
  @ApiProperty({ enum: ['data'] })
  readonly kind!: 'data';

  @ApiProperty({ oneOf: [{ $ref: getSchemaPath('RowFilters') }, { type: 'null' }] })
  readonly filters!: unknown;

  @ApiProperty({ type: DataOptionsResponse })
  readonly options!: DataOptionsResponse;
}

/** An export of the results of an event. */
export class ResultsExportResponse extends OmitType(ExportResponse, ['kind', 'options'] as const) {
  @ApiProperty({ enum: ['event'] })
  readonly kind!: 'event';

  @ApiProperty({ type: ResultsOptionsResponse })
  readonly options!: ResultsOptionsResponse;
}

const BY_KIND = {
  board: BoardExportResponse,
  data: DataExportResponse,
  event: ResultsExportResponse,
} as const satisfies Readonly<Record<ExportKind, Type>>;

/** The classes that the union of all exports consists of. */
export const EXPORTS_BY_KIND = Object.values(BY_KIND);

namedSchema(ExportResponse.name, {
  description: 'An export. What does not apply is null.',
  oneOf: EXPORTS_BY_KIND.map((type) => ({ $ref: getSchemaPath(type) })),
  discriminator: {
    propertyName: 'kind',
    mapping: Object.fromEntries(Object.entries(BY_KIND).map(([kind, type]) => [kind, getSchemaPath(type)])),
  },
});
