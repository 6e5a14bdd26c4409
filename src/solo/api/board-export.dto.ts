import { ApiPropertyOptional, ApiProperty, OmitType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsNumber, IsObject, IsOptional, IsString, Max, Min, ValidateNested } from 'class-validator';
import { Notify, NotifyBody } from '../../delivery';
import {
  DryRun,
  type EstimateInput,
  ExportResponse,
  ResponseOfKind,
  RetentionDays,
  toRetentionSeconds,
} from '../../export';
import { ExportBody, ExportBodyProvider } from '../../preview';
import type { Principal } from '../../platform/auth/principal';
import {
  BACKGROUNDS,
  BOARD_FORMATS,
  DEFAULT_PIXEL_RATIO,
  MAX_PIXEL_RATIO,
  MIN_PIXEL_RATIO,
  ORIENTATIONS,
  PAGE_SIZES,
} from '../model/domain/picture';
import { type BoardExportInput, BoardExportService } from '../model/services/board-export.service';

/** Each format uses its own options and ignores the others. */
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

  @ApiPropertyOptional({ enum: BACKGROUNDS, default: 'white', description: 'png, svg' })
  @IsOptional()
  @IsIn(BACKGROUNDS)
  background?: (typeof BACKGROUNDS)[number];

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    description: 'png, svg: a single page; without it, a board of several pages becomes a ZIP file',
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
  // The service validates it with the message that the front end knows.
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

  @DryRun()
  dry_run?: boolean;

  toInput(): BoardExportInput {
    const { format, options, notify, retention_days: days } = this;
    // A plain object: the record stores it as JSON.
    const plain = Object.fromEntries(Object.entries(options ?? {}));
    return { format, options: plain, notify, retentionSeconds: toRetentionSeconds(days) };
  }
}

export class BoardEstimateRequest extends BoardExportRequest {
  @ApiProperty({ format: 'uuid', description: 'The board' })
  @IsString()
  session_id!: string;
}

@ExportBodyProvider({ field: 'session_id', body: BoardEstimateRequest, isForCustomers: true })
export class BoardExportBody extends ExportBody {
  constructor(private readonly boards: BoardExportService) {
    super();
  }

  override authorize(caller: Principal, body: BoardEstimateRequest): Promise<EstimateInput> {
    return this.boards.authorize(caller, body.session_id, body.toInput());
  }
}

export class BoardOptionsResponse {
  @ApiPropertyOptional({ description: 'png' })
  readonly pixel_ratio?: number;

  @ApiPropertyOptional({ example: 'white', description: 'png, svg' })
  readonly background?: string;

  @ApiPropertyOptional({ type: 'integer', description: 'png, svg: the only page' })
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
