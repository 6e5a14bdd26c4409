import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsBoolean, IsIn, IsObject, IsOptional, ValidateNested } from 'class-validator';
import { Notify, NotifyBody } from '../../delivery';
import { RetentionDays } from '../../export';
import {
  COMPRESSIONS,
  DEFAULT_OPTIONS,
  DEFAULT_RESULTS_FORMAT,
  DELIMITERS,
  HEADERS,
  ORIENTATIONS,
  PAGE_SIZES,
  RESULTS_FORMATS,
} from '../model/domain/results-export';

/** A format ignores the options that it does not have. */
export class ResultsExportOptions {
  @ApiPropertyOptional({
    enum: HEADERS,
    default: DEFAULT_OPTIONS.header,
    description: 'The column headers: labels in the language of the event, keys for programs, or both',
  })
  @IsOptional()
  @IsIn(HEADERS)
  header?: (typeof HEADERS)[number];

  @ApiPropertyOptional({
    default: DEFAULT_OPTIONS.points,
    description: 'Add a column with the points of the answer after each question',
  })
  @IsOptional()
  @IsBoolean()
  points?: boolean;

  @ApiPropertyOptional({
    default: DEFAULT_OPTIONS.raw,
    description: 'csv, xlsx: do not neutralize texts that a spreadsheet would run as a formula',
  })
  @IsOptional()
  @IsBoolean()
  raw?: boolean;

  @ApiPropertyOptional({ default: DEFAULT_OPTIONS.bom, description: 'csv: start with a byte order mark, for Excel' })
  @IsOptional()
  @IsBoolean()
  bom?: boolean;

  @ApiPropertyOptional({ enum: DELIMITERS, default: DEFAULT_OPTIONS.delimiter, description: 'csv' })
  @IsOptional()
  @IsIn(DELIMITERS)
  delimiter?: (typeof DELIMITERS)[number];

  @ApiPropertyOptional({ enum: COMPRESSIONS, description: 'csv, json' })
  @IsOptional()
  @IsIn(COMPRESSIONS)
  compression?: (typeof COMPRESSIONS)[number];

  @ApiPropertyOptional({ enum: PAGE_SIZES, default: DEFAULT_OPTIONS.page_size, description: 'pdf' })
  @IsOptional()
  @IsIn(PAGE_SIZES)
  page_size?: (typeof PAGE_SIZES)[number];

  @ApiPropertyOptional({ enum: ORIENTATIONS, default: DEFAULT_OPTIONS.orientation, description: 'pdf' })
  @IsOptional()
  @IsIn(ORIENTATIONS)
  orientation?: (typeof ORIENTATIONS)[number];
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
