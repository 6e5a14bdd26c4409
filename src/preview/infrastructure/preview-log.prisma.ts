import { Injectable } from '@nestjs/common';
import { recordAudit } from '../../platform/audit/audit-log';
import type { Principal } from '../../platform/auth/principal';
import { PrismaService } from '../../platform/database/prisma.service';
import { auditOf, credentialTypeOf, type Export } from '../../export';
import { PreviewLog } from '../model/domain/interfaces/preview-log';

@Injectable()
export class PrismaPreviewLog extends PreviewLog {
  constructor(private readonly prisma: PrismaService) {
    super();
  }

  override add(source: Export, by: Principal, page?: number): Promise<void> {
    const details = { by: credentialTypeOf(by), ...(page !== undefined && { page }) };
    return recordAudit(this.prisma, auditOf(source, 'export.previewed', { by, details }));
  }
}
