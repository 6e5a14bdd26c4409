import type { DeliveryCode } from '../model/domain/delivery-codes';
import type { Delivery as DeliveryRow } from '../../platform/database/generated/client';
import type { PrismaService, Transaction } from '../../platform/database/prisma.service';
import { TransactionEvent } from '../../platform/database/transaction-events';
import type { DeliveryRecord, DeliveryState, DeliveryStatus } from '../model/domain/delivery-state';
import type { ClaimedMessage, DeliveryReceipt } from '../model/domain/claimed-message';

type Json = Readonly<Record<string, unknown>>;

export function toClaimedMessage(row: DeliveryRow): ClaimedMessage {
  return {
    id: row.id,
    event: row.event,
    exportId: row.exportId,
    scheduleId: row.scheduleId,
    userId: row.userId,
    tenantId: row.tenantId,
    customerId: row.customerId,
    channel: row.channel,
    target: row.target as Json,
    facts: row.facts as Json,
    attempt: row.attempts,
    createdAt: row.createdAt,
  };
}

/** A delivery was attempted, or has failed. */
export const DELIVERY_ATTEMPTED = new TransactionEvent<{
  readonly exportId: string | null;
  readonly scheduleId: string | null;
}>('delivery.attempted');

/** @param client a transaction or the database */
export async function readDeliveryStates(
  client: Transaction | PrismaService,
  exportIds: readonly string[],
): Promise<Map<string, DeliveryState[]>> {
  const rows = await client.delivery.findMany({ where: { exportId: { in: [...exportIds] } }, orderBy: { id: 'asc' } });
  const states = new Map<string, DeliveryState[]>();
  for (const row of rows) {
    if (row.exportId !== null) states.set(row.exportId, [...(states.get(row.exportId) ?? []), toState(row)]);
  }
  return states;
}

export function toState(row: DeliveryRow): DeliveryState {
  return {
    channel: row.channel,
    event: row.event,
    status: row.status as DeliveryStatus,
    attempts: row.attempts,
    lastError: row.lastError,
    receipt: row.receipt as DeliveryReceipt | null,
    endedAt: row.endedAt,
    gone: row.refusal === 'gone',
    errorCode: errorCodeOf(row),
  };
}

/** Derived from other columns, so that it holds for rows of every version. */
function errorCodeOf({ lastError, refusal }: DeliveryRow): DeliveryCode | null {
  if (lastError === null) return null;
  if (refusal === 'gone') return 'receiver-gone';
  return refusal === null ? 'delivery-failed' : 'delivery-refused';
}

export function toRecord(row: DeliveryRow): DeliveryRecord {
  return {
    ...toState(row),
    id: row.id,
    target: row.target as Json,
    createdAt: row.createdAt,
    nextAttemptAt: row.status === 'pending' ? row.nextAttemptAt : null,
  };
}
