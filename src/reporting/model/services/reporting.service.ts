import { Injectable } from '@nestjs/common';
import { requireAdmin } from '../../../platform/auth/admin';
import type { UserPrincipal } from '../../../platform/auth/principal';
import type { Page } from '../../../platform/paging';
import {
  type AuditQuery,
  type AuditRecord,
  type ExportStats,
  type Period,
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

  /** @throws DomainError forbidden */
  async findAuditEntries(admin: UserPrincipal, query: AuditQuery): Promise<Page<AuditRecord>> {
    requireAdmin(admin);
    return this.records.findAuditEntries(admin.tenantId, query);
  }
}
