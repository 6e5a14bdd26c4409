import { Injectable } from '@nestjs/common';
import { requireAdmin } from '../../../platform/auth/admin';
import type { UserPrincipal } from '../../../platform/auth/principal';
import type { Page } from '../../../platform/paging';
import { type DailyStats, lastDays } from '../domain/daily-stats';
import type { Period } from '../domain/period';
import {
  type AuditQuery,
  type AuditRecord,
  type ExportStats,
  ReportingRepository,
} from '../domain/reporting.repository';

/** Reports for administrators. An administrator of one tenant sees that tenant only. */
@Injectable()
export class ReportingService {
  constructor(private readonly records: ReportingRepository) {}

  /** @throws DomainError forbidden */
  async stats(admin: UserPrincipal, period: Period): Promise<ExportStats> {
    requireAdmin(admin);
    return this.records.stats(admin.tenantId, period);
  }

  /**
   * @param days of how many days of the period, its last ones
   * @throws DomainError forbidden
   */
  async dailyStats(admin: UserPrincipal, days: number, period: Period): Promise<DailyStats> {
    requireAdmin(admin);
    return this.records.dailyStats(admin.tenantId, lastDays(days, period, new Date()));
  }

  /** @throws DomainError forbidden */
  async findAuditEntries(admin: UserPrincipal, query: AuditQuery): Promise<Page<AuditRecord>> {
    requireAdmin(admin);
    return this.records.findAuditEntries(admin.tenantId, query);
  }
}
