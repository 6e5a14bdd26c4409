import { Controller, Get, Query, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { AdminOnly } from '../../platform/auth/admin-only.decorator';
import type { UserPrincipal } from '../../platform/auth/principal';
import { CurrentUser } from '../../platform/auth/current-principal.decorator';
import { Config } from '../../platform/config/config';
import { ApiProblems } from '../../platform/http/api-problem.decorator';
import { toPageResponse, pageSize } from '../../platform/http/page';
import { MAX_COUNTED } from '../model/domain/interfaces/reporting.repository';
import { ExportReporting } from '../model/services/export-reporting';
import { AuditLogResponse, AuditRecordResponse } from './audit-log.response';
import { ExportStatsResponse } from './export-stats.response';
import { AuditLogQuery, PeriodQuery } from './reporting.query';

/** Stands before the controller of `exports/:id`, which would take its paths for ids. */
@ApiTags('Administration')
@ApiBearerAuth()
@ApiProblems(400, 401)
@AdminOnly()
@Controller('exports')
export class ReportingController {
  constructor(
    private readonly oversight: ExportReporting,
    private readonly config: Config,
  ) {}

  @Get('stats')
  @ApiOperation({
    summary: "How everybody's exports fared",
    description:
      'Of those that were asked for between two moments. An administrator of one tenant sees its exports only.',
  })
  @ApiOkResponse({ type: ExportStatsResponse })
  async stats(@CurrentUser() admin: UserPrincipal, @Query() query: PeriodQuery): Promise<ExportStatsResponse> {
    return ExportStatsResponse.of(await this.oversight.stats(admin, PeriodQuery.period(query)));
  }

  @Get('audit')
  @ApiOperation({
    summary: 'Who did what, newest first',
    description: `A count of ${MAX_COUNTED} stands for so many or more. An administrator of one tenant sees its entries only.`,
  })
  @ApiOkResponse({ type: AuditLogResponse })
  async log(
    @CurrentUser() admin: UserPrincipal,
    @Query() query: AuditLogQuery,
    @Req() request: Request,
  ): Promise<AuditLogResponse> {
    const page = await this.oversight.log(admin, { size: pageSize(query), ...AuditLogQuery.filters(query) });
    return toPageResponse(page, request, this.config.http.publicUrl, (record) => AuditRecordResponse.of(record));
  }
}
