import { Injectable } from '@nestjs/common';
import type { Person } from '../../platform/auth/principal';
import { recordAudit } from '../../platform/audit/audit-log';
import { PrismaService } from '../../platform/database/prisma.service';
import { type SignInLink, UsedSignInLinks } from '../model/domain/used-sign-in-links';

/** More rows than one sign-in adds, so that the expired ones are used up. */
const DELETE_BATCH_SIZE = 100;

/** How much longer than its link a row is kept: the clocks of the processes and of the database differ. */
const KEPT_SECONDS = 3600;

@Injectable()
export class PrismaUsedSignInLinks extends UsedSignInLinks {
  constructor(private readonly prisma: PrismaService) {
    super();
  }

  override use({ id, expiresAt }: SignInLink, { userId, tenantId }: Person): Promise<boolean> {
    return this.prisma.$transaction(async (transaction) => {
      const inserted = await transaction.$executeRaw`
        INSERT INTO console_sign_ins (id, expires_at) VALUES (${id}, ${expiresAt}) ON CONFLICT DO NOTHING`;
      if (inserted === 0) return false;
      await recordAudit(transaction, { action: 'console.signed-in', userId, tenantId });
      return true;
    });
  }

  override async deleteExpired(): Promise<void> {
    // SKIP LOCKED prevents a deadlock with a concurrent deletion.
    await this.prisma.$executeRaw`
      DELETE FROM console_sign_ins WHERE id IN (
        SELECT id FROM console_sign_ins WHERE expires_at < now() - make_interval(secs => ${KEPT_SECONDS})
        LIMIT ${DELETE_BATCH_SIZE} FOR UPDATE SKIP LOCKED)`;
  }
}
