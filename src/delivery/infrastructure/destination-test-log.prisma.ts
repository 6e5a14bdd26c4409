import { Injectable } from '@nestjs/common';
import { recordAudit } from '../../platform/audit/audit-log';
import type { UserPrincipal } from '../../platform/auth/principal';
import { PrismaService } from '../../platform/database/prisma.service';
import { DestinationTestLog, type TestedDestination } from '../model/domain/interfaces/destination-test-log';

@Injectable()
export class PrismaDestinationTestLog extends DestinationTestLog {
  constructor(private readonly prisma: PrismaService) {
    super();
  }

  override async record(
    { userId, tenantId }: UserPrincipal,
    { channel, target, scheduleId, outcome }: TestedDestination,
  ): Promise<void> {
    const details = { channel, target, outcome };
    await recordAudit(this.prisma, { action: 'destination.tested', userId, tenantId, scheduleId, details });
  }
}
