import { networkOf } from '../http/network';
import { RequestContext } from '../observability/request-context';
import { Prisma } from '../database/generated/client';
import type { Transaction } from '../database/prisma.service';
import { type AuditEntry, recordAudit } from './audit-log';

/** At most one entry is written per subject and network in this window. */
export const AUDIT_WINDOW_SECONDS = 60;

/** Networks that are counted separately for one subject. All further networks are counted together. */
export const MAX_NETWORKS = 50;
const OTHER_NETWORKS = 'other networks';

const BATCH = 500;

/** A step that an anonymous caller caused. */
export type AnonymousAuditEntry = Omit<AuditEntry, 'userId' | 'address'>;

type Origin = Pick<AuditEntry, 'requestId' | 'address'>;

interface AggregateRow {
  readonly network: string;
  /** The number of steps that the entry to write covers; 0 if there is no entry to write. */
  readonly reported: number;
  readonly is_mixed: boolean;
  readonly entry: AnonymousAuditEntry;
  readonly origin: Origin;
}

/**
 * Records steps that anonymous callers can cause without limit. The first step from a network is written at once; those of
 * the next minute become one entry with a `count`. The counts are in the database and hold for all processes together.
 * @param id of the record that the step was done to, if there is one: records are counted separately
 */
export async function recordAggregatedAudit(
  transaction: Transaction,
  entry: AnonymousAuditEntry,
  id?: string,
): Promise<void> {
  const { address, requestId } = RequestContext.current() ?? {};
  const origin: Origin = { address, requestId: requestId ?? entry.requestId };
  const subject = id === undefined ? entry.action : `${entry.action} ${id}`;
  const [row] = await transaction.$queryRaw<AggregateRow[]>`
    INSERT INTO audit_aggregates AS kept (subject, network, pending, reported, is_mixed, entry, origin)
    SELECT ${subject}, ${networkFor(subject, networkOf(address))}, 0, 1, false, ${JSON.stringify(entry)}::jsonb,
           ${JSON.stringify(origin)}::jsonb
    ON CONFLICT (subject, network) DO UPDATE SET
      pending = CASE WHEN ${isDue} THEN 0 ELSE kept.pending + 1 END,
      reported = CASE WHEN ${isDue} THEN kept.pending + 1 ELSE 0 END,
      is_mixed = kept.pending > 0 AND (kept.is_mixed OR kept.entry <> EXCLUDED.entry),
      entry = EXCLUDED.entry,
      origin = EXCLUDED.origin,
      written_at = CASE WHEN ${isDue} THEN now() ELSE kept.written_at END
    RETURNING network, reported, is_mixed, entry, origin`;
  if (row && row.reported > 0) await recordAudit(transaction, toEntry(row));
}

/** Writes the counts whose window is over, and deletes those that have been written. */
export async function writePendingAggregates(transaction: Transaction): Promise<void> {
  const rows = await transaction.$queryRaw<AggregateRow[]>`
    UPDATE audit_aggregates AS kept SET pending = 0, reported = pending, written_at = now()
    WHERE (subject, network) IN (SELECT subject, network FROM audit_aggregates AS kept WHERE ${isDue} AND pending > 0
                                 LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)
    RETURNING network, reported, is_mixed, entry, origin`;
  if (rows.length > 0) await recordAudit(transaction, ...rows.map(toEntry));
  await transaction.$executeRaw`
    DELETE FROM audit_aggregates
    WHERE (subject, network) IN (SELECT subject, network FROM audit_aggregates AS kept WHERE ${isDue} AND pending = 0
                                 LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)`;
}

const isDue = Prisma.sql`(kept.written_at <= now() - make_interval(secs => ${AUDIT_WINDOW_SECONDS}))`;

/** Bounds the rows of a subject, and its entries in one window, however many networks there are. */
function networkFor(subject: string, network: string): Prisma.Sql {
  return Prisma.sql`CASE
    WHEN EXISTS (SELECT FROM audit_aggregates WHERE subject = ${subject} AND network = ${network})
      OR (SELECT count(*) FROM audit_aggregates WHERE subject = ${subject}) < ${MAX_NETWORKS} THEN ${network}
    ELSE ${OTHER_NETWORKS} END`;
}

function toEntry({ network, reported, is_mixed: isMixed, entry, origin }: AggregateRow): AuditEntry {
  return aggregatedEntry(entry, reported, { isMixed, origin: network === OTHER_NETWORKS ? { address: null } : origin });
}

/** One entry for several steps. What differs among them is left out: only the action and the subject are the same. */
export function aggregatedEntry(
  { details, ...entry }: AnonymousAuditEntry,
  count: number,
  { isMixed, origin }: { readonly isMixed: boolean; readonly origin: Origin },
): AuditEntry {
  if (!isMixed) return { ...entry, userId: null, ...origin, details: { ...details, count } };
  const unknown = { userId: null, tenantId: null, customerId: undefined, requestId: undefined };
  return { ...entry, ...unknown, ...origin, details: { count } };
}
