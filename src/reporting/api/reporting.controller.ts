import { Controller, Get, Query, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { AdminOnly } from '../../platform/auth/admin-only.decorator';
import type { UserPrincipal } from '../../platform/auth/principal';
import { CurrentUser } from '../../platform/auth/current-principal.decorator';
import { Config } from '../../platform/config/config';
import { ApiProblems } from '../../platform/http/api-problem.decorator';
import { toPageResponse, pageSize } from '../../platform/http/page';
import { OperationId } from '../../platform/http/operation-id';
import { DEFAULT_DAYS } from '../model/domain/daily-stats';
import { MAX_COUNTED } from '../model/domain/reporting.repository';
import { ReportingService } from '../model/services/reporting.service';
import { AuditLogResponse, AuditRecordResponse } from './audit-log.response';
import { ExportStatsResponse } from './export-stats.response';
import { AuditLogQuery, StatsQuery } from './reporting.query';

@ApiTags('Administration')
@ApiBearerAuth()
@ApiProblems(400, 401)
@AdminOnly()
@Controller('exports')
export class ReportingController {
  constructor(
    private readonly reporting: ReportingService,
    private readonly config: Config,
  ) {}

  @OperationId('getExportStats')
  @Get('stats')
  @ApiOperation({
    summary: 'Statistics of all exports',
    description: 'Counts the exports requested within a period. An administrator of one tenant sees its exports only.',
  })
  @ApiOkResponse({ type: ExportStatsResponse })
  async stats(@CurrentUser() admin: UserPrincipal, @Query() query: StatsQuery): Promise<ExportStatsResponse> {
    const period = StatsQuery.toPeriod(query);
    const [stats, daily] = await Promise.all([
      this.reporting.stats(admin, period),
      this.reporting.dailyStats(admin, query.days ?? DEFAULT_DAYS, period),
    ]);
    return ExportStatsResponse.of(stats, daily);
  }

  @OperationId('listAuditLog')
  @Get('audit')
  @ApiOperation({
    summary: 'Read the audit log, newest first',
    description: `A count of ${MAX_COUNTED} means that many or more. An administrator of one tenant sees its entries only.`,
  })
  @ApiOkResponse({ type: AuditLogResponse })
  async log(
    @CurrentUser() admin: UserPrincipal,
    @Query() query: AuditLogQuery,
    @Req() request: Request,
  ): Promise<AuditLogResponse> {
    const page = await this.reporting.findAuditEntries(admin, {
      size: pageSize(query),
      ...AuditLogQuery.toFilters(query),
    });
    return toPageResponse(page, request, this.config.http.publicUrl, (record) => AuditRecordResponse.of(record));
  }
}
