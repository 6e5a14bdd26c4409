import { ApiProperty } from '@nestjs/swagger';
import { EXPORT_KINDS, type ExportKind } from '../../export';
import { EXPORT_FORMATS, type ExportFormat } from '../../formats';
import type { DailyStats } from '../model/domain/daily-stats';
import {
  ACCURATE_SHARE,
  type EstimateAccuracy,
  type ExportFigures,
  type ExportStats,
  MAX_COMPARED_ESTIMATES,
} from '../model/domain/reporting.repository';
import { DailyStatsResponse } from './daily-stats.response';

const SHARE = { type: 'number', nullable: true } as const;
const IN_PERCENT = ACCURATE_SHARE * 100;
const NEWEST =
  `among the newest ${MAX_COMPARED_ESTIMATES.toLocaleString('en')} successful exports of the period that had an estimate;` +
  ' null when none of them has this kind or format';

class EstimateAccuracyResponse {
  @ApiProperty({
    ...SHARE,
    example: 0.04,
    description: `The median deviation, as a share of what was true, ${NEWEST}`,
  })
  readonly median_deviation!: number | null;

  @ApiProperty({
    ...SHARE,
    example: 0.93,
    description: `The share of estimates within ${IN_PERCENT} % of what was true, ${NEWEST}`,
  })
  readonly accurate_share!: number | null;
}

class EstimateStatsResponse {
  @ApiProperty({ type: 'integer', example: 95, description: 'Successful exports that had an estimate' })
  readonly estimated_exports!: number;

  @ApiProperty({ type: EstimateAccuracyResponse, description: 'Of rows and pages' })
  readonly record_count!: EstimateAccuracyResponse;

  @ApiProperty({ type: EstimateAccuracyResponse })
  readonly file_size!: EstimateAccuracyResponse;

  @ApiProperty({ type: EstimateAccuracyResponse, description: 'Without streamed exports' })
  readonly duration_seconds!: EstimateAccuracyResponse;
}

class ExportFiguresResponse {
  @ApiProperty({ type: 'integer', example: 120 })
  readonly total_exports!: number;

  @ApiProperty({ type: 'integer', example: 110, description: 'Completed, also when the file has expired since' })
  readonly successful_exports!: number;

  @ApiProperty({ type: 'integer', example: 4 })
  readonly failed_exports!: number;

  @ApiProperty({ type: 'integer', example: 5 })
  readonly cancelled_exports!: number;

  @ApiProperty({ type: 'integer', example: 1, description: 'Pending or processing' })
  readonly unfinished_exports!: number;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    example: 840,
    description: 'From start to completion, of the successful exports; null when there are none',
  })
  readonly average_export_time_ms!: number | null;

  @ApiProperty({
    type: 'integer',
    example: 73_400_320,
    description: 'Total size of the files of the successful exports',
  })
  readonly total_bytes!: number;

  @ApiProperty({ type: 'integer', example: 1_000_000, description: 'Total records of the successful exports' })
  readonly total_records!: number;

  @ApiProperty({ type: EstimateStatsResponse, description: 'How true the estimates were' })
  readonly estimates!: EstimateStatsResponse;
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
  @ApiProperty({ type: [KindFiguresResponse], description: 'Only kinds with at least one export' })
  readonly by_kind!: KindFiguresResponse[];

  @ApiProperty({ type: [FormatFiguresResponse], description: 'Only formats with at least one export' })
  readonly by_format!: FormatFiguresResponse[];

  @ApiProperty({ type: DailyStatsResponse, description: 'The last days of the period, for plots' })
  readonly daily!: DailyStatsResponse;

  static of({ all, byKind, byFormat }: ExportStats, daily: DailyStats): ExportStatsResponse {
    return {
      ...toResponse(all),
      by_kind: byKind.map(({ kind, ...figures }) => ({ kind, ...toResponse(figures) })),
      by_format: byFormat.map(({ format, ...figures }) => ({ format, ...toResponse(figures) })),
      daily: DailyStatsResponse.of(daily),
    };
  }
}

function toResponse(figures: ExportFigures) {
  return {
    total_exports: figures.total,
    successful_exports: figures.successful,
    failed_exports: figures.failed,
    cancelled_exports: figures.cancelled,
    unfinished_exports: figures.unfinished,
    average_export_time_ms: figures.averageMs,
    total_bytes: figures.bytes,
    total_records: figures.records,
    estimates: {
      estimated_exports: figures.estimates.estimated,
      record_count: toAccuracy(figures.estimates.records),
      file_size: toAccuracy(figures.estimates.bytes),
      duration_seconds: toAccuracy(figures.estimates.duration),
    },
  };
}

function toAccuracy({ medianDeviation, accurateShare }: EstimateAccuracy): EstimateAccuracyResponse {
  return { median_deviation: medianDeviation, accurate_share: accurateShare };
}
