import { ApiProperty, ApiPropertyOptional, getSchemaPath, OmitType } from '@nestjs/swagger';
import { ExportResponse, ResponseOfKind, TextOptionsResponse } from '../../export';

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
