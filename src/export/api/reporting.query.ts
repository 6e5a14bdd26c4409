import { ApiPropertyOptional, IntersectionType } from '@nestjs/swagger';
import { IsIP, IsOptional, IsString, IsUUID, Matches, MaxLength } from 'class-validator';
import { IsMoment } from '../../platform/http/is-moment.decorator';
import { PageSizeQuery } from '../../platform/http/page';
import type { AuditQuery, Period } from '../model/domain/interfaces/reporting.repository';

const MAX_FILTER_LENGTH = 200;
// PostgreSQL knows no NUL and no number beyond 2^63.
const WITHOUT_NUL = /^[^\0]+$/;
const ENTRY_ID = /^\d{1,18}$/;

export class PeriodQuery {
  @ApiPropertyOptional({
    example: '2026-11-01',
    description: 'Nothing before this: a day (its midnight, UTC) or a time with its zone',
  })
  @IsOptional()
  @IsMoment()
  from?: string;

  @ApiPropertyOptional({ example: '2026-12-01T00:00:00+02:00', description: 'Nothing from this on' })
  @IsOptional()
  @IsMoment()
  to?: string;

  /** The moments that were given. */
  static period({ from, to }: PeriodQuery): Period {
    return {
      from: from === undefined ? undefined : new Date(from),
      to: to === undefined ? undefined : new Date(to),
    };
  }
}

export class AuditLogQuery extends IntersectionType(PageSizeQuery, PeriodQuery) {
  @ApiPropertyOptional({ description: 'Taken from the `next` of the page before: the id of its last entry' })
  @IsOptional()
  @Matches(ENTRY_ID, { message: 'cursor must come from the next of another page' })
  cursor?: string;

  @ApiPropertyOptional({ maxLength: MAX_FILTER_LENGTH, description: 'Who did it' })
  @IsOptional()
  @IsString()
  @MaxLength(MAX_FILTER_LENGTH)
  @Matches(WITHOUT_NUL, { message: 'user_id must not be empty or contain a NUL character' })
  user_id?: string;

  @ApiPropertyOptional({ format: 'uuid', description: 'The external system that did it' })
  @IsOptional()
  @IsUUID()
  customer_id?: string;

  @ApiPropertyOptional({
    maxLength: MAX_FILTER_LENGTH,
    description: 'In which tenant; for administrators of all of them',
  })
  @IsOptional()
  @IsString()
  @MaxLength(MAX_FILTER_LENGTH)
  @Matches(WITHOUT_NUL, { message: 'tenant_id must not be empty or contain a NUL character' })
  tenant_id?: string;

  @ApiPropertyOptional({
    example: 'export.requested',
    maxLength: MAX_FILTER_LENGTH,
    description: 'What was done; `schedule.*` stands for all that begins so',
  })
  @IsOptional()
  @IsString()
  @MaxLength(MAX_FILTER_LENGTH)
  @Matches(WITHOUT_NUL, { message: 'action must not be empty or contain a NUL character' })
  action?: string;

  @ApiPropertyOptional({ format: 'uuid', description: 'To which export' })
  @IsOptional()
  @IsUUID()
  export_id?: string;

  @ApiPropertyOptional({ format: 'uuid', description: 'To which schedule, and in its runs' })
  @IsOptional()
  @IsUUID()
  schedule_id?: string;

  @ApiPropertyOptional({ example: '203.0.113.7', description: 'From which network address' })
  @IsOptional()
  @IsIP(undefined, { message: 'address must be an IPv4 or IPv6 address' })
  address?: string;

  /** What was asked for, in the words of the model. */
  static filters(query: AuditLogQuery): Omit<AuditQuery, 'size'> {
    return {
      cursor: query.cursor,
      userId: query.user_id,
      customerId: query.customer_id,
      tenantId: query.tenant_id,
      action: query.action,
      exportId: query.export_id,
      scheduleId: query.schedule_id,
      address: query.address,
      ...PeriodQuery.period(query),
    };
  }
}
