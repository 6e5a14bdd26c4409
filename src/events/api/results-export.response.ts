import { ApiProperty, ApiPropertyOptional, OmitType } from '@nestjs/swagger';
import { ExportResponse, ResponseOfKind, TextOptionsResponse } from '../../export';

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

/** An export of the results of an event. */
@ResponseOfKind('event')
export class ResultsExportResponse extends OmitType(ExportResponse, ['kind', 'options'] as const) {
  @ApiProperty({ enum: ['event'] })
  readonly kind!: 'event';

  @ApiProperty({ type: ResultsOptionsResponse })
  readonly options!: ResultsOptionsResponse;
}
