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

/** Each format takes what concerns it and passes over the rest. */
export class ResultsExportOptions {
  @ApiPropertyOptional({
    enum: HEADERS,
    default: DEFAULT_OPTIONS.header,
    description: 'What heads a column: its label in the language of the event, its key for programs, or both',
  })
  @IsOptional()
  @IsIn(HEADERS)
  header?: (typeof HEADERS)[number];

  @ApiPropertyOptional({
    default: DEFAULT_OPTIONS.points,
    description: 'One more column behind each question: what the answer is worth',
  })
  @IsOptional()
  @IsBoolean()
  points?: boolean;

  @ApiPropertyOptional({
    default: DEFAULT_OPTIONS.raw,
    description: 'csv, xlsx: leave texts as they are that a spreadsheet would run as a formula',
  })
  @IsOptional()
  @IsBoolean()
  raw?: boolean;

  @ApiPropertyOptional({ default: DEFAULT_OPTIONS.bom, description: 'csv: begin with a byte order mark, for Excel' })
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
  // Checked by the service, which answers with the words that clients know.
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
