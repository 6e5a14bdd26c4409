import { ApiPropertyOptional, IntersectionType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsIP, IsISO8601, IsOptional, IsString, IsUUID, Matches, Max, MaxLength, Min } from 'class-validator';
import { applyDecorators } from '@nestjs/common';
import { PageSizeQuery } from '../../platform/http/page';
import { DEFAULT_DAYS, MAX_DAYS } from '../model/domain/daily-stats';
import type { Period } from '../model/domain/period';
import type { AuditQuery } from '../model/domain/reporting.repository';

/** A day, or a time with its zone. PostgreSQL and JavaScript write these years alike. */
const MOMENT = /^(19|2\d)\d\d-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d))?$/;

const MOMENT_MESSAGE =
  '$property must be a day such as 2026-11-20, or a time with its zone such as 2026-11-20T08:00:00Z';

/** A text that `new Date` can parse. A day alone means midnight in UTC. */
function IsMoment(): PropertyDecorator {
  return applyDecorators(
    Matches(MOMENT, { message: MOMENT_MESSAGE }),
    IsISO8601({ strict: true }, { message: MOMENT_MESSAGE }),
  );
}

const MAX_FILTER_LENGTH = 200;
// PostgreSQL text cannot contain NUL, and bigint ends at 2^63.
const WITHOUT_NUL = /^[^\0]+$/;
const ENTRY_ID = /^\d{1,18}$/;

export class PeriodQuery {
  @ApiPropertyOptional({
    example: '2026-11-01',
    description: 'Start, inclusive: a day (midnight UTC) or a time with its zone',
  })
  @IsOptional()
  @IsMoment()
  from?: string;

  @ApiPropertyOptional({ example: '2026-12-01T00:00:00+02:00', description: 'End, exclusive' })
  @IsOptional()
  @IsMoment()
  to?: string;

  static toPeriod({ from, to }: PeriodQuery): Period {
    return {
      from: from === undefined ? undefined : new Date(from),
      to: to === undefined ? undefined : new Date(to),
    };
  }
}

const IN_RANGE = { message: `$property must be a whole number from 1 to ${MAX_DAYS}` };

export class StatsQuery extends PeriodQuery {
  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: MAX_DAYS,
    default: DEFAULT_DAYS,
    description: 'How many days `daily` has: the last ones of the period, until today',
  })
  @IsOptional()
  @Type(() => Number)
  @IsInt(IN_RANGE)
  @Min(1, IN_RANGE)
  @Max(MAX_DAYS, IN_RANGE)
  days?: number;
}

export class AuditLogQuery extends IntersectionType(PageSizeQuery, PeriodQuery) {
  @ApiPropertyOptional({ description: 'From the `next` of the previous page: the id of its last entry' })
  @IsOptional()
  @Matches(ENTRY_ID, { message: 'cursor must come from the next of another page' })
  cursor?: string;

  @ApiPropertyOptional({ maxLength: MAX_FILTER_LENGTH, description: 'The user who acted' })
  @IsOptional()
  @IsString()
  @MaxLength(MAX_FILTER_LENGTH)
  @Matches(WITHOUT_NUL, { message: 'user_id must not be empty or contain a NUL character' })
  user_id?: string;

  @ApiPropertyOptional({ format: 'uuid', description: 'The external system that acted' })
  @IsOptional()
  @IsUUID()
  customer_id?: string;

  @ApiPropertyOptional({
    maxLength: MAX_FILTER_LENGTH,
    description: 'The tenant; for administrators of all tenants',
  })
  @IsOptional()
  @IsString()
  @MaxLength(MAX_FILTER_LENGTH)
  @Matches(WITHOUT_NUL, { message: 'tenant_id must not be empty or contain a NUL character' })
  tenant_id?: string;

  @ApiPropertyOptional({
    example: 'export.requested',
    maxLength: MAX_FILTER_LENGTH,
    description: 'The action; `schedule.*` matches every action with that prefix',
  })
  @IsOptional()
  @IsString()
  @MaxLength(MAX_FILTER_LENGTH)
  @Matches(WITHOUT_NUL, { message: 'action must not be empty or contain a NUL character' })
  action?: string;

  @ApiPropertyOptional({ format: 'uuid', description: 'The export' })
  @IsOptional()
  @IsUUID()
  export_id?: string;

  @ApiPropertyOptional({ format: 'uuid', description: 'The schedule, including its runs' })
  @IsOptional()
  @IsUUID()
  schedule_id?: string;

  @ApiPropertyOptional({ example: '203.0.113.7', description: 'The network address of the request' })
  @IsOptional()
  @IsIP(undefined, { message: 'address must be an IPv4 or IPv6 address' })
  address?: string;

  static toFilters(query: AuditLogQuery): Omit<AuditQuery, 'size'> {
    return {
      cursor: query.cursor,
      userId: query.user_id,
      customerId: query.customer_id,
      tenantId: query.tenant_id,
      action: query.action,
      exportId: query.export_id,
      scheduleId: query.schedule_id,
      address: query.address,
      ...PeriodQuery.toPeriod(query),
    };
  }
}
