import type { Prisma } from '../database/generated/client';
import type { Transaction } from '../database/prisma.service';
import { RequestContext } from '../observability/request-context';

type Columns = Prisma.AuditEntryUncheckedCreateInput;

/** The subject of a step: the columns of the log in which modules name their records. */
type AuditSubject = Omit<
  Columns,
  'id' | 'at' | 'action' | 'userId' | 'tenantId' | 'customerId' | 'requestId' | 'address' | 'details'
>;

/** One step in the life of a record, and who took it. */
export interface AuditEntry extends Readonly<AuditSubject> {
  /** Dotted and in the past tense, such as `export.requested`. */
  readonly action: string;
  /** `null` for what the service does by itself. */
  readonly userId: string | null;
  readonly tenantId: string | null;
  /** The external system that took the step. */
  readonly customerId?: string | null;
  /** The request that caused the step; only used outside of a request. */
  readonly requestId?: string;
  /** The client address that caused the step, if it is not that of the current request. */
  readonly address?: string | null;
  readonly details?: Readonly<Record<string, string | number | boolean | null>>;
}

/** Writes entries in the transaction of the steps themselves, so that neither exists without the other. */
export async function recordAudit(transaction: Transaction, ...entries: readonly AuditEntry[]): Promise<void> {
  const context = RequestContext.current();
  await transaction.auditEntry.createMany({
    data: entries.map((entry) => ({
      ...entry,
      requestId: context?.requestId ?? entry.requestId,
      address: entry.address === undefined ? context?.address : entry.address,
      details: { ...entry.details },
    })),
  });
}
