import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsNumber, IsObject, IsOptional, Max, Min, ValidateNested } from 'class-validator';
import { Notify, NotifyBody } from '../../delivery';
import { RetentionDays, toRetentionSeconds } from '../../export';
import type { BoardRequest } from '../model/services/board-export.service';
import {
  BACKGROUNDS,
  BOARD_FORMATS,
  DEFAULT_PIXEL_RATIO,
  MAX_PIXEL_RATIO,
  MIN_PIXEL_RATIO,
  ORIENTATIONS,
  PAGE_SIZES,
} from '../model/domain/picture';

/** Each format takes what concerns it and passes over the rest. */
export class BoardExportOptions {
  @ApiPropertyOptional({
    minimum: MIN_PIXEL_RATIO,
    maximum: MAX_PIXEL_RATIO,
    default: DEFAULT_PIXEL_RATIO,
    description: 'png',
  })
  @IsOptional()
  @IsNumber()
  @Min(MIN_PIXEL_RATIO)
  @Max(MAX_PIXEL_RATIO)
  pixel_ratio?: number;

  @ApiPropertyOptional({ enum: BACKGROUNDS, default: 'white', description: 'png' })
  @IsOptional()
  @IsIn(BACKGROUNDS)
  background?: (typeof BACKGROUNDS)[number];

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    description: 'png: one page; without it a board of several pages gives a zip',
  })
  @IsOptional()
  @IsInt()
  @Min(1)
  page?: number;

  @ApiPropertyOptional({ enum: PAGE_SIZES, default: 'original', description: 'pdf' })
  @IsOptional()
  @IsIn(PAGE_SIZES)
  page_size?: (typeof PAGE_SIZES)[number];

  @ApiPropertyOptional({ enum: ORIENTATIONS, default: 'auto', description: 'pdf' })
  @IsOptional()
  @IsIn(ORIENTATIONS)
  orientation?: (typeof ORIENTATIONS)[number];
}

export class BoardExportRequest {
  // Checked by the service, which answers with the words that the front end knows.
  @ApiPropertyOptional({ enum: BOARD_FORMATS, default: 'png' })
  @IsOptional()
  format?: unknown;

  @ApiPropertyOptional({ type: BoardExportOptions })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => BoardExportOptions)
  options?: BoardExportOptions;

  @Notify()
  notify?: NotifyBody | false;

  @RetentionDays()
  retention_days?: number;

  /** The request as the service takes it. */
  wanted(): BoardRequest {
    const { format, options, notify, retention_days: days } = this;
    const given = Object.fromEntries(Object.entries(options ?? {}));
    return { format, options: given, notify, retentionSeconds: toRetentionSeconds(days) };
  }
}
