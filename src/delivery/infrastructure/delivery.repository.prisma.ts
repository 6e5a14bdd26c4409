import { Injectable } from '@nestjs/common';
import { type AuditEntry, recordAudit } from '../../platform/audit/audit-log';
import { Config } from '../../platform/config/config';
import { type Delivery as DeliveryRow, Prisma } from '../../platform/database/generated/client';
import { PrismaService, type Transaction } from '../../platform/database/prisma.service';
import { MAX_ATTEMPTS } from '../model/domain/attempt-limits';
import type { DeliveryRecord, DeliveryState } from '../model/domain/delivery-state';
import type { RefusalCode } from '../model/domain/interfaces/delivery-channel';
import {
  type AccountLimits,
  type Backlog,
  type DeliveryAttempt,
  DeliveryRepository,
  type FreeSlots,
} from '../model/domain/interfaces/delivery.repository';
import type { ClaimedMessage, DeliveryReceipt } from '../model/domain/claimed-message';
import { DELIVERY_ATTEMPTED, readDeliveryStates, toClaimedMessage, toRecord } from './delivery-row';

const PROCESS_LOST = 'Its process ended during every attempt.';

/** No attempt at it has a valid lease. */
const NOT_LEASED = Prisma.sql`status = 'pending' AND (lease IS NULL OR lease < now())`;

@Injectable()
export class PrismaDeliveryRepository extends DeliveryRepository {
  constructor(
    private readonly prisma: PrismaService,
    private readonly config: Config,
  ) {
    super();
  }

  override async claimDue(slots: FreeSlots, limits: AccountLimits = {}): Promise<DeliveryAttempt[]> {
    const free = Object.entries(slots).filter(([, count]) => count > 0);
    if (free.length === 0) return [];
    const channels = free.map(([channel]) => channel);
    const counts = free.map(([, count]) => count);
    const perAccount = channels.map((channel) => limits[channel] ?? null);
    // Accounts with the fewest deliveries in progress come first, so that slow receivers of one account delay no other. The
    // parts are materialized: a plan that evaluates them again would claim more than there are slots.
    const isDue = Prisma.sql`next_attempt_at <= now() AND attempts < ${MAX_ATTEMPTS} AND ${NOT_LEASED}`;
    const claimed = await this.prisma.$queryRaw<{ id: string; token: string }[]>`
      WITH free AS MATERIALIZED (
        SELECT * FROM unnest(${channels}::text[], ${counts}::int[], ${perAccount}::int[]) AS free (channel, slots, per_account)),
      held AS MATERIALIZED (
        SELECT channel, user_id, tenant_id, customer_id, count(*) AS count FROM export_deliveries
        WHERE status = 'pending' AND lease >= now() GROUP BY 1, 2, 3, 4),
      line AS MATERIALIZED (
        SELECT id, channel, coalesce((SELECT count FROM held WHERE (held.channel, held.user_id, held.tenant_id, held.customer_id)
                                        IS NOT DISTINCT FROM (delivery.channel, delivery.user_id, delivery.tenant_id, delivery.customer_id)), 0)
          + row_number() OVER (PARTITION BY channel, user_id, tenant_id, customer_id ORDER BY next_attempt_at) AS place
        FROM export_deliveries AS delivery WHERE channel IN (SELECT channel FROM free) AND ${isDue}),
      due AS MATERIALIZED (
        SELECT next.id FROM free, LATERAL (
          SELECT id FROM line JOIN export_deliveries AS delivery USING (id)
          WHERE line.channel = free.channel AND place <= coalesce(free.per_account, place) AND ${isDue}
          ORDER BY place, next_attempt_at LIMIT free.slots FOR UPDATE OF delivery SKIP LOCKED) AS next)
      UPDATE export_deliveries SET attempt_token = gen_random_uuid(), lease = ${this.lease()}, attempts = attempts + 1
      FROM due WHERE export_deliveries.id = due.id
      RETURNING export_deliveries.id, attempt_token AS token`;
    if (claimed.length === 0) return [];
    const rows = await this.prisma.delivery.findMany({ where: { id: { in: claimed.map(({ id }) => id) } } });
    const found = new Map(rows.map((row) => [row.id, row]));
    return claimed.flatMap(({ id, token }) => {
      const row = found.get(id);
      return row ? [{ token, message: toClaimedMessage(row), requestId: row.requestId }] : [];
    });
  }

  override failAbandoned(): Promise<ClaimedMessage[]> {
    return this.prisma.$transaction(async (transaction) => {
      const set = Prisma.sql`status = 'failed', ended_at = now(), last_error = ${PROCESS_LOST}`;
      const rows = await change(transaction, set, Prisma.sql`${NOT_LEASED} AND attempts >= ${MAX_ATTEMPTS}`);
      await recordAudit(transaction, ...rows.map((row) => auditOf(row, 'delivery.failed', { reason: PROCESS_LOST })));
      await this.prisma.transactionEvents.emit(DELIVERY_ATTEMPTED, transaction, rows);
      return rows.map(toClaimedMessage);
    });
  }

  override async beat(attempt: DeliveryAttempt): Promise<boolean> {
    const count = await this.prisma.$executeRaw`
      UPDATE export_deliveries SET lease = ${this.lease()} WHERE ${heldBy(attempt)}`;
    return count === 1;
  }

  override markDelivered(attempt: DeliveryAttempt, receipt: DeliveryReceipt): Promise<boolean> {
    const set = Prisma.sql`status = 'delivered', ended_at = now(), last_error = NULL,
                           receipt = ${JSON.stringify(receipt)}::jsonb`;
    return this.settle(attempt, set, (row) => auditOf(row, 'delivery.delivered', {}));
  }

  override scheduleRetry(attempt: DeliveryAttempt, delaySeconds: number, reason: string): Promise<boolean> {
    return this.settle(
      attempt,
      Prisma.sql`next_attempt_at = now() + make_interval(secs => ${delaySeconds}), last_error = ${reason}`,
    );
  }

  override markFailed(attempt: DeliveryAttempt, reason: string, refusal: RefusalCode | null): Promise<boolean> {
    const set = Prisma.sql`status = 'failed', ended_at = now(), last_error = ${reason}, refusal = ${refusal}`;
    return this.settle(attempt, set, (row) => auditOf(row, 'delivery.failed', { reason }));
  }

  override handBack(attempt: DeliveryAttempt): Promise<boolean> {
    return this.settle(attempt, Prisma.sql`attempts = attempts - 1, next_attempt_at = now()`);
  }

  override async backlog(): Promise<Backlog> {
    const rows = await this.prisma.$queryRaw<{ channel: string; count: bigint; seconds: number }[]>`
      SELECT channel, count(*) AS count, extract(epoch FROM now() - min(created_at))::float8 AS seconds
      FROM export_deliveries WHERE status = 'pending' GROUP BY channel`;
    return {
      pending: new Map(rows.map(({ channel, count }) => [channel, Number(count)])),
      oldestSeconds: Math.max(0, ...rows.map(({ seconds }) => seconds)),
    };
  }

  override async findAll(exportId: string): Promise<DeliveryRecord[]> {
    const rows = await this.prisma.delivery.findMany({ where: { exportId }, orderBy: { id: 'asc' } });
    return rows.map(toRecord);
  }

  override statesOf(exportIds: readonly string[]): Promise<Map<string, DeliveryState[]>> {
    return readDeliveryStates(this.prisma, exportIds);
  }

  private async settle(
    attempt: DeliveryAttempt,
    set: Prisma.Sql,
    audit?: (row: DeliveryRow) => AuditEntry,
  ): Promise<boolean> {
    const settled = await this.prisma.$transaction(async (transaction) => {
      const rows = await change(transaction, set, heldBy(attempt));
      if (audit) await recordAudit(transaction, ...rows.map(audit));
      await this.prisma.transactionEvents.emit(DELIVERY_ATTEMPTED, transaction, rows);
      return rows;
    });
    return settled.length === 1;
  }

  private lease(): Prisma.Sql {
    return Prisma.sql`now() + make_interval(secs => ${this.config.exports.leaseSeconds})`;
  }
}

function heldBy({ token, message: { id } }: DeliveryAttempt): Prisma.Sql {
  return Prisma.sql`id = ${id}::uuid AND attempt_token = ${token}::uuid AND status = 'pending'`;
}

/** Changes deliveries and ends their leases. @returns them after the change */
async function change(transaction: Transaction, set: Prisma.Sql, where: Prisma.Sql): Promise<DeliveryRow[]> {
  const changed = await transaction.$queryRaw<{ id: string }[]>`
    UPDATE export_deliveries SET ${set}, attempt_token = NULL, lease = NULL WHERE ${where} RETURNING id`;
  if (changed.length === 0) return [];
  return transaction.delivery.findMany({ where: { id: { in: changed.map(({ id }) => id) } } });
}

/** Without the target: the audit log has no addresses. */
function auditOf(row: DeliveryRow, action: string, details: NonNullable<AuditEntry['details']>): AuditEntry {
  const { exportId, scheduleId, userId, tenantId, customerId, channel, event, attempts } = row;
  return {
    action,
    ...(exportId !== null && { exportId }),
    scheduleId,
    userId,
    tenantId,
    customerId,
    details: { channel, event, attempts, ...details },
  };
}
