import { ApiProperty, ApiPropertyOptional, OmitType } from '@nestjs/swagger';
import { ExportResponse, ResponseOfKind } from '../../export';

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

/** An export of a board. */
@ResponseOfKind('board')
export class BoardExportResponse extends OmitType(ExportResponse, ['kind', 'options'] as const) {
  @ApiProperty({ enum: ['board'] })
  readonly kind!: 'board';

  @ApiProperty({ type: BoardOptionsResponse })
  readonly options!: BoardOptionsResponse;

  @ApiPropertyOptional({
    type: Object,
    nullable: true,
    description:
      'The state of a board that was exported as JSON, up to 5 MB. Only the response to the request that creates the export ' +
      'contains it, if the export is completed by then, for example with `Prefer: wait`.',
  })
  readonly data?: unknown;
}
