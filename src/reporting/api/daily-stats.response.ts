import { ApiProperty } from '@nestjs/swagger';
import { ALL_FAILURE_CODES, type FailureCode } from '../../export';
import { EXPORT_FORMATS, type ExportFormat } from '../../formats';
import type { DailyStats, DayFigures, DurationPercentiles } from '../model/domain/daily-stats';

const COUNT = { type: 'integer' } as const;
const MILLISECONDS = { type: 'integer', nullable: true, example: 840 } as const;

class DurationPercentilesResponse {
  @ApiProperty({ ...MILLISECONDS, description: 'Milliseconds; null without a successful export' })
  readonly p50!: number | null;

  @ApiProperty(MILLISECONDS)
  readonly p90!: number | null;

  @ApiProperty(MILLISECONDS)
  readonly p99!: number | null;
}

class FormatCountResponse {
  @ApiProperty({ enum: EXPORT_FORMATS })
  readonly format!: ExportFormat;

  @ApiProperty(COUNT)
  readonly total_exports!: number;
}

class DayStatsResponse {
  @ApiProperty({ type: String, format: 'date', example: '2026-11-30' })
  readonly day!: string;

  @ApiProperty(COUNT)
  readonly total_exports!: number;

  @ApiProperty({ ...COUNT, description: 'Completed, also when the file has expired since' })
  readonly successful_exports!: number;

  @ApiProperty(COUNT)
  readonly failed_exports!: number;

  @ApiProperty(COUNT)
  readonly cancelled_exports!: number;

  @ApiProperty({ ...COUNT, description: 'Pending or processing' })
  readonly unfinished_exports!: number;

  @ApiProperty({ ...COUNT, description: 'Total size of the files of the successful exports' })
  readonly total_bytes!: number;

  @ApiProperty({ ...COUNT, description: 'Total records of the successful exports' })
  readonly total_records!: number;

  @ApiProperty({ type: [FormatCountResponse], description: 'Only formats with at least one export' })
  readonly by_format!: FormatCountResponse[];

  @ApiProperty({ type: DurationPercentilesResponse })
  readonly duration_ms!: DurationPercentilesResponse;

  static of(figures: DayFigures): DayStatsResponse {
    return {
      day: figures.day,
      total_exports: figures.total,
      successful_exports: figures.successful,
      failed_exports: figures.failed,
      cancelled_exports: figures.cancelled,
      unfinished_exports: figures.unfinished,
      total_bytes: figures.bytes,
      total_records: figures.records,
      by_format: figures.byFormat.map(({ format, total }) => ({ format, total_exports: total })),
      duration_ms: toDuration(figures.duration),
    };
  }
}

class FailureCountResponse {
  @ApiProperty({ enum: ALL_FAILURE_CODES, enumName: 'FailureCode', description: 'Why they failed' })
  readonly code!: FailureCode;

  @ApiProperty(COUNT)
  readonly failed_exports!: number;
}

export class DailyStatsResponse {
  @ApiProperty({ type: [DayStatsResponse], description: 'Every day in UTC, the oldest first, also without exports' })
  readonly days!: DayStatsResponse[];

  @ApiProperty({
    type: DurationPercentilesResponse,
    description:
      'How long the successful exports of these days took from start to completion, without streamed exports, whose ' +
      'length depends on their clients',
  })
  readonly duration_ms!: DurationPercentilesResponse;

  @ApiProperty({ type: [FailureCountResponse], description: 'The most frequent reason first' })
  readonly failures!: FailureCountResponse[];

  static of({ days, duration, failures }: DailyStats): DailyStatsResponse {
    return {
      days: days.map((day) => DayStatsResponse.of(day)),
      duration_ms: toDuration(duration),
      failures: failures.map(({ code, count }) => ({ code, failed_exports: count })),
    };
  }
}

function toDuration({ p50, p90, p99 }: DurationPercentiles): DurationPercentilesResponse {
  return { p50, p90, p99 };
}
