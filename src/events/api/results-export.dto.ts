import { ApiPropertyOptional, ApiProperty, OmitType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsBoolean, IsObject, IsOptional, ValidateNested } from 'class-validator';
import { Notify, NotifyBody } from '../../delivery';
import { FormatOptions, RetentionDays, ExportResponse, ResponseOfKind, TextOptionsResponse } from '../../export';
import { DEFAULT_POINTS, DEFAULT_RESULTS_FORMAT, RESULTS_FORMATS } from '../model/domain/results-export';

/** A format ignores the options that it does not have. */
@FormatOptions('table', { showsFalse: true })
export class ResultsExportOptions {
  readonly [option: string]: unknown;

  @ApiPropertyOptional({
    default: DEFAULT_POINTS,
    description: 'Add a column with the points of the answer after each question',
  })
  @IsOptional()
  @IsBoolean()
  readonly points?: boolean;
}

export class ResultsExportBody {
  // The service validates it and returns the error that clients know.
  @ApiPropertyOptional({ enum: RESULTS_FORMATS, default: DEFAULT_RESULTS_FORMAT })
  @IsOptional()
  format?: unknown;

  @ApiPropertyOptional({ default: true, description: 'Whether the first complete download deletes the file' })
  @IsOptional()
  @IsBoolean()
  one_time?: boolean;

  @ApiPropertyOptional({ type: ResultsExportOptions })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => ResultsExportOptions)
  options?: ResultsExportOptions;

  @Notify()
  notify?: NotifyBody | false;

  @RetentionDays()
  retention_days?: number;
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

/** An export of the results of an event. */
@ResponseOfKind('event')
export class ResultsExportResponse extends OmitType(ExportResponse, ['kind', 'options'] as const) {
  @ApiProperty({ enum: ['event'] })
  readonly kind!: 'event';

  @ApiProperty({ type: ResultsOptionsResponse })
  readonly options!: ResultsOptionsResponse;
}
