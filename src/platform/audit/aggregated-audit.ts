import { networkOf } from '../http/network';
import { RequestContext } from '../observability/request-context';
import { Prisma } from '../database/generated/client';
import type { Transaction } from '../database/prisma.service';
import { type AuditEntry, recordAudit } from './audit-log';

/** There is at most one entry in so many seconds about one subject from one network. */
export const AUDIT_WINDOW_SECONDS = 60;

/** Networks that are counted separately for one subject. All others are counted together. */
export const MAX_NETWORKS = 50;
const OTHER_NETWORKS = 'other networks';

const BATCH = 500;

/** What an anonymous caller caused. Of several in one entry only the action is known to be the same. */
export type AnonymousAuditEntry = Omit<AuditEntry, 'userId' | 'address'>;

type Origin = Pick<AuditEntry, 'requestId' | 'address'>;

interface AggregateRow {
  readonly network: string;
  /** How many events the entry to be written counts; 0 for no entry. */
  readonly reported: number;
  readonly is_mixed: boolean;
  readonly entry: AnonymousAuditEntry;
  readonly origin: Origin;
}

/**
 * Writes an entry about what anybody can cause as often as they like. The first from a network is written at once, and those
 * of the next minute as one entry with a `count`. The counts are in the database, so they hold for all processes together.
 */
export async function recordAggregatedAudit(transaction: Transaction, entry: AnonymousAuditEntry): Promise<void> {
  const { address, requestId } = RequestContext.current() ?? {};
  const origin: Origin = { address, requestId: requestId ?? entry.requestId };
  const subject = entry.exportId === undefined ? entry.action : `${entry.action} ${entry.exportId}`;
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

/** Writes what was counted after the last entry of its network, once a minute is over, and forgets what is written. */
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

/** However many networks come, the rows of a subject and its entries in a minute stay few. */
function networkFor(subject: string, network: string): Prisma.Sql {
  return Prisma.sql`CASE
    WHEN EXISTS (SELECT FROM audit_aggregates WHERE subject = ${subject} AND network = ${network})
      OR (SELECT count(*) FROM audit_aggregates WHERE subject = ${subject}) < ${MAX_NETWORKS} THEN ${network}
    ELSE ${OTHER_NETWORKS} END`;
}

function toEntry({ network, reported, is_mixed: isMixed, entry, origin }: AggregateRow): AuditEntry {
  return aggregatedEntry(entry, reported, { isMixed, origin: network === OTHER_NETWORKS ? { address: null } : origin });
}

/** One entry for several. What differs among them is left out. */
export function aggregatedEntry(
  { details, ...entry }: AnonymousAuditEntry,
  count: number,
  { isMixed, origin }: { readonly isMixed: boolean; readonly origin: Origin },
): AuditEntry {
  const { action, exportId, scheduleId } = entry;
  if (isMixed) return { action, exportId, scheduleId, userId: null, tenantId: null, ...origin, details: { count } };
  return { ...entry, userId: null, ...origin, details: { ...details, count } };
}
