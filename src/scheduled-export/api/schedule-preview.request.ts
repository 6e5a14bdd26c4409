import { ApiPropertyOptional, IntersectionType, OmitType, PartialType, PickType } from '@nestjs/swagger';
import { IsInt, IsOptional, Max, Min } from 'class-validator';
import { MAX_PREVIEWED_RUNS, MAX_PREVIEWED_YEARS } from '../model/domain/run-preview';
import { ScheduleRequest } from './schedule.request';

export const DEFAULT_PREVIEWED_RUNS = 10;

/** When a schedule would run. The other fields of a schedule may be there, too. */
export class SchedulePreviewRequest extends IntersectionType(
  PickType(ScheduleRequest, ['frequency']),
  PartialType(OmitType(ScheduleRequest, ['frequency'])),
) {
  @ApiPropertyOptional({
    type: 'integer',
    nullable: true,
    minimum: 1,
    maximum: MAX_PREVIEWED_RUNS,
    default: DEFAULT_PREVIEWED_RUNS,
    description: `The number of runs; fewer if no more come within ${MAX_PREVIEWED_YEARS} years`,
  })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_PREVIEWED_RUNS)
  count?: number | null;
}
