import { ApiProperty } from '@nestjs/swagger';
import { EXPORT_KINDS, type ExportKind } from '../model/domain/export-kind';
import { EXPORT_FORMATS, type ExportFormat } from '../../formats';
import type { ExportFigures, ExportStats } from '../model/domain/export-stats';

class ExportFiguresResponse {
  @ApiProperty({ type: 'integer', example: 120 })
  readonly total_exports!: number;

  @ApiProperty({ type: 'integer', example: 110, description: 'Completed, whether their files are still there or not' })
  readonly successful_exports!: number;

  @ApiProperty({ type: 'integer', example: 4 })
  readonly failed_exports!: number;

  @ApiProperty({ type: 'integer', example: 5 })
  readonly cancelled_exports!: number;

  @ApiProperty({ type: 'integer', example: 1, description: 'Waiting or being made' })
  readonly unfinished_exports!: number;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    example: 840,
    description: 'Of the successful ones, from the start of the work to its end; null when there is none',
  })
  readonly average_export_time_ms!: number | null;

  @ApiProperty({ type: 'integer', example: 73_400_320, description: 'Of the files of the successful ones' })
  readonly total_bytes!: number;

  @ApiProperty({ type: 'integer', example: 1_000_000, description: 'Of the successful ones' })
  readonly total_records!: number;
}

class KindFiguresResponse extends ExportFiguresResponse {
  @ApiProperty({ enum: EXPORT_KINDS })
  readonly kind!: ExportKind;
}

class FormatFiguresResponse extends ExportFiguresResponse {
  @ApiProperty({ enum: EXPORT_FORMATS })
  readonly format!: ExportFormat;
}

export class ExportStatsResponse extends ExportFiguresResponse {
  @ApiProperty({ type: [KindFiguresResponse], description: 'Those of which there are any' })
  readonly by_kind!: KindFiguresResponse[];

  @ApiProperty({ type: [FormatFiguresResponse], description: 'Those of which there are any' })
  readonly by_format!: FormatFiguresResponse[];

  static of({ all, byKind, byFormat }: ExportStats): ExportStatsResponse {
    return {
      ...shown(all),
      by_kind: byKind.map(({ kind, ...figures }) => ({ kind, ...shown(figures) })),
      by_format: byFormat.map(({ format, ...figures }) => ({ format, ...shown(figures) })),
    };
  }
}

function shown(figures: ExportFigures) {
  return {
    total_exports: figures.total,
    successful_exports: figures.successful,
    failed_exports: figures.failed,
    cancelled_exports: figures.cancelled,
    unfinished_exports: figures.unfinished,
    average_export_time_ms: figures.averageMs,
    total_bytes: figures.bytes,
    total_records: figures.records,
  };
}
