import { Injectable } from '@nestjs/common';
import { requireAdmin } from '../../../platform/auth/admin';
import type { UserPrincipal } from '../../../platform/auth/principal';
import type { Page } from '../../../platform/paging';
import type { AuditRecord } from '../domain/audit-record';
import type { ExportStats } from '../domain/export-stats';
import { type AuditQuery, ReportingRepository, type Period } from '../domain/interfaces/reporting.repository';

/** What administrators see of everybody's exports: of their tenant alone, where their token names one. */
@Injectable()
export class ExportReporting {
  constructor(private readonly records: ReportingRepository) {}

  /** @throws DomainError forbidden */
  async stats(admin: UserPrincipal, period: Period): Promise<ExportStats> {
    requireAdmin(admin);
    return this.records.stats(admin.tenantId, period);
  }

  /** @throws DomainError forbidden */
  async log(admin: UserPrincipal, query: AuditQuery): Promise<Page<AuditRecord>> {
    requireAdmin(admin);
    return this.records.log(admin.tenantId, query);
  }
}
