import { Injectable } from '@nestjs/common';
import { type AuditEntry, recordAudit } from '../../platform/audit/audit-log';
import { Config } from '../../platform/config/config';
import type { ChannelName } from '../../platform/outbox/planned-delivery';
import { type Delivery as DeliveryRow, Prisma } from '../../platform/database/generated/client';
import { PrismaService, type Transaction } from '../../platform/database/prisma.service';
import { MAX_ATTEMPTS, MAX_COPIES_PER_ACCOUNT } from '../model/domain/attempt-limits';
import type { DeliveryRecord, DeliveryState } from '../model/domain/delivery-state';
import type { RefusalCode } from '../model/domain/interfaces/delivery-channel';
import {
  type Backlog,
  type DeliveryAttempt,
  DeliveryRepository,
  type FreeSlots,
} from '../model/domain/interfaces/delivery.repository';
import type { ClaimedMessage, DeliveryReceipt } from '../model/domain/claimed-message';
import { DELIVERY_ATTEMPTED, readDeliveryStates, toClaimedMessage, toRecord } from './delivery-row';

const LOST = 'The attempts ended with the process that made them, every time.';

/** Whoever had it has settled it, or has been silent for too long. */
const NOBODY_HOLDS_IT = Prisma.sql`status = 'pending' AND (lease IS NULL OR lease < now())`;

@Injectable()
export class PrismaDeliveryRepository extends DeliveryRepository {
  constructor(
    private readonly prisma: PrismaService,
    private readonly config: Config,
  ) {
    super();
  }

  override async claimDue(room: FreeSlots): Promise<DeliveryAttempt[]> {
    const open = Object.entries(room).filter(([, slots]) => slots > 0);
    if (open.length === 0) return [];
    const channels = open.map(([channel]) => channel);
    const slots = open.map(([, count]) => count);
    // Whoever has the fewest in hand comes first, so that one's slow receivers hold up nobody else's deliveries. The parts are
    // read once and as a whole: a plan that repeats them would take more than there is room for.
    const isDue = Prisma.sql`next_attempt_at <= now() AND attempts < ${MAX_ATTEMPTS} AND ${NOBODY_HOLDS_IT}`;
    const claimed = await this.prisma.$queryRaw<{ id: string; token: string }[]>`
      WITH room AS MATERIALIZED (SELECT * FROM unnest(${channels}::text[], ${slots}::int[]) AS room (channel, slots)),
      held AS MATERIALIZED (
        SELECT channel, user_id, tenant_id, customer_id, count(*) AS count FROM export_deliveries
        WHERE status = 'pending' AND lease >= now() GROUP BY 1, 2, 3, 4),
      line AS MATERIALIZED (
        SELECT id, channel, coalesce((SELECT count FROM held WHERE (held.channel, held.user_id, held.tenant_id, held.customer_id)
                                        IS NOT DISTINCT FROM (delivery.channel, delivery.user_id, delivery.tenant_id, delivery.customer_id)), 0)
          + row_number() OVER (PARTITION BY channel, user_id, tenant_id, customer_id ORDER BY next_attempt_at) AS place
        FROM export_deliveries AS delivery WHERE channel IN (SELECT channel FROM room) AND ${isDue}),
      due AS MATERIALIZED (
        SELECT next.id FROM room, LATERAL (
          SELECT id FROM line JOIN export_deliveries AS delivery USING (id)
          WHERE line.channel = room.channel AND (line.channel <> 's3' OR place <= ${MAX_COPIES_PER_ACCOUNT}) AND ${isDue}
          ORDER BY place, next_attempt_at LIMIT room.slots FOR UPDATE OF delivery SKIP LOCKED) AS next)
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
      const set = Prisma.sql`status = 'failed', ended_at = now(), last_error = ${LOST}`;
      const rows = await change(transaction, set, Prisma.sql`${NOBODY_HOLDS_IT} AND attempts >= ${MAX_ATTEMPTS}`);
      await recordAudit(transaction, ...rows.map((row) => auditOf(row, 'delivery.failed', { reason: LOST })));
      await this.prisma.transactionEvents.emit(DELIVERY_ATTEMPTED, transaction, rows);
      return rows.map(toClaimedMessage);
    });
  }

  override async beat(attempt: DeliveryAttempt): Promise<boolean> {
    const count = await this.prisma.$executeRaw`
      UPDATE export_deliveries SET lease = ${this.lease()} WHERE ${visibleTo(attempt)}`;
    return count === 1;
  }

  override markDelivered(attempt: DeliveryAttempt, receipt: DeliveryReceipt): Promise<boolean> {
    const set = Prisma.sql`status = 'delivered', ended_at = now(), last_error = NULL,
                           receipt = ${JSON.stringify(receipt)}::jsonb`;
    return this.settle(attempt, set, (row) => auditOf(row, 'delivery.delivered', {}));
  }

  override scheduleRetry(attempt: DeliveryAttempt, pauseSeconds: number, reason: string): Promise<boolean> {
    return this.settle(
      attempt,
      Prisma.sql`next_attempt_at = now() + make_interval(secs => ${pauseSeconds}), last_error = ${reason}`,
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
      pending: new Map(rows.map(({ channel, count }) => [channel as ChannelName, Number(count)])),
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
      const rows = await change(transaction, set, visibleTo(attempt));
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

function visibleTo({ token, message: { id } }: DeliveryAttempt): Prisma.Sql {
  return Prisma.sql`id = ${id}::uuid AND attempt_token = ${token}::uuid AND status = 'pending'`;
}

/** Changes deliveries, which nobody holds then. @returns them as they are after the change */
async function change(transaction: Transaction, set: Prisma.Sql, where: Prisma.Sql): Promise<DeliveryRow[]> {
  const changed = await transaction.$queryRaw<{ id: string }[]>`
    UPDATE export_deliveries SET ${set}, attempt_token = NULL, lease = NULL WHERE ${where} RETURNING id`;
  if (changed.length === 0) return [];
  return transaction.delivery.findMany({ where: { id: { in: changed.map(({ id }) => id) } } });
}

/** Where it went is not said: addresses are no matter of the log. */
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
