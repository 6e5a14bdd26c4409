import { RequestContext } from '../observability/request-context';
import type { Transaction } from '../database/prisma.service';

/** One step in the life of a thing, and who took it. */
export interface AuditEntry {
  /** Dotted and in the past tense, such as `export.requested`. */
  readonly action: string;
  readonly exportId?: string;
  /** The schedule that it was done to, or of which it is a run. */
  readonly scheduleId?: string | null;
  /** `null` for what the service does by itself. */
  readonly userId: string | null;
  readonly tenantId: string | null;
  /** The external system that did it. */
  readonly customerId?: string | null;
  /** The request that it goes back to, where none is in hand. */
  readonly requestId?: string;
  /** The client address that it goes back to, where that is not the one of the request in hand. */
  readonly address?: string | null;
  readonly details?: Readonly<Record<string, string | number | boolean | null>>;
}

/** Writes entries in the transaction of the step they tell of, so that neither is there without the other. */
export async function recordAudit(transaction: Transaction, ...entries: readonly AuditEntry[]): Promise<void> {
  const context = RequestContext.current();
  await transaction.auditEntry.createMany({
    data: entries.map((entry) => ({
      action: entry.action,
      exportId: entry.exportId,
      scheduleId: entry.scheduleId,
      userId: entry.userId,
      tenantId: entry.tenantId,
      customerId: entry.customerId,
      requestId: context?.requestId ?? entry.requestId,
      address: entry.address === undefined ? context?.address : entry.address,
      details: { ...entry.details },
    })),
  });
}
