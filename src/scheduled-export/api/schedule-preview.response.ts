import { ApiProperty } from '@nestjs/swagger';
import { CLOCK_CHANGES, type ClockChange } from '../model/domain/recurrence/recurrence';
import type { PreviewedRun } from '../model/domain/run-preview';

class RelativePeriodResponse {
  @ApiProperty({ example: 'transactions.created_at', description: 'Where `filters` has the relative time' })
  readonly field!: string;

  @ApiProperty({ example: 'yesterday' })
  readonly value!: string;

  @ApiProperty({ format: 'date-time', example: '2027-03-27T00:00:00.000+02:00' })
  readonly from!: string;

  @ApiProperty({
    format: 'date-time',
    nullable: true,
    type: String,
    example: '2027-03-28T00:00:00.000+02:00',
    description: 'The end of the period, which is not included; null if the time is a single moment',
  })
  readonly before!: string | null;
}

class PreviewedRunResponse {
  @ApiProperty({ format: 'date-time', example: '2027-03-28T01:00:00.000Z', description: 'In UTC' })
  readonly slot!: string;

  @ApiProperty({
    format: 'date-time',
    example: '2027-03-28T04:00:00.000+03:00',
    description: 'The same in the time zone of the schedule, with its offset',
  })
  readonly local_time!: string;

  @ApiProperty({
    enum: CLOCK_CHANGES,
    nullable: true,
    type: String,
    description:
      '`gap`: the clock skips the time of this run, which comes at the first moment after the gap. `overlap`: the clock shows the time of this run twice; it runs at the first of the two, or, if the schedule follows elapsed time, at both.',
  })
  readonly clock_change!: ClockChange | null;

  @ApiProperty({
    type: [RelativePeriodResponse],
    description: 'What the relative times in `filters` mean in this run: the first 20 of them',
  })
  readonly periods!: RelativePeriodResponse[];
}

/** The next runs of a schedule. */
export class SchedulePreviewResponse {
  @ApiProperty({ type: 'integer' })
  readonly count!: number;

  @ApiProperty({ example: 'Europe/Kyiv' })
  readonly timezone!: string;

  @ApiProperty({ type: [PreviewedRunResponse], description: 'The soonest first' })
  readonly results!: PreviewedRunResponse[];

  static of(timezone: string, runs: readonly PreviewedRun[]): SchedulePreviewResponse {
    return {
      count: runs.length,
      timezone,
      results: runs.map(({ slot, localTime, clockChange, periods }) => ({
        slot: slot.toISOString(),
        local_time: localTime,
        clock_change: clockChange,
        periods: [...periods],
      })),
    };
  }
}
