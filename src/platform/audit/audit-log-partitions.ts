import type { Client } from 'pg';

/** A partition of the audit log. */
export interface AuditMonths {
  /** The name of its table. */
  readonly name: string;
  /** The months that it has entries of, such as `2026-11` or `2025-03 to 2026-11`; empty where it has none. */
  readonly months: string;
  readonly rows: number;
  readonly bytes: number;
}

export interface PruneOptions {
  /** How many months before the current one are kept. */
  readonly keepMonths: number;
  /** Only reports what would be removed. */
  readonly isDryRun: boolean;
}

interface Partition {
  readonly name: string;
  readonly isDefault: boolean;
  /** Whether it ends before the months that are kept. */
  readonly isOld: boolean;
}

interface MeasuredRow {
  readonly first: string | null;
  readonly last: string | null;
  readonly rows: string;
  readonly bytes: number;
}

const DEFAULT_PARTITION = 'public.export_audit_log_default';

/** The first moment of the months that are kept, where $1 is their number. */
const FIRST_KEPT = `(date_trunc('month', now() AT TIME ZONE 'UTC') - make_interval(months => $1)) AT TIME ZONE 'UTC'`;

const LOCK_TIMEOUT_MS = 500;
const LOCK_ATTEMPTS = 120;
const LOCK_PAUSE_SECONDS = 0.5;
const LOCK_NOT_AVAILABLE = '55P03';

/** An error that the operator can correct: the message says how. */
export class AuditLogError extends Error {
  override readonly name = 'AuditLogError';
}

/** The partitions of the audit log for its owner: entries cannot be changed, but whole old months can be removed. */
export class AuditLogPartitions {
  /** @param client a connection as the role that owns the log */
  constructor(private readonly client: Client) {}

  /** All of them, the oldest first. */
  async list(): Promise<AuditMonths[]> {
    return this.measure(await this.partitions(0));
  }

  /**
   * Removes the partitions that end before the months that are kept, and writes an entry that says which and by whom.
   * @returns what was removed, or would be
   * @throws AuditLogError for a role that does not own the log
   */
  async prune({ keepMonths, isDryRun }: PruneOptions): Promise<AuditMonths[]> {
    await this.requireOwner();
    const old = (await this.partitions(keepMonths)).filter(({ isOld }) => isOld);
    // Past months do not change, so they are counted before the lock.
    const pruned = await this.measure(old);
    if (isDryRun || pruned.length === 0) return pruned;
    await this.client.query('BEGIN');
    try {
      await this.lock();
      for (const partition of old) await this.remove(partition, keepMonths);
      await this.client.query(
        `INSERT INTO public.export_audit_log (action, details) VALUES ('audit.pruned', jsonb_build_object(
           'database_role', session_user, 'kept_months', $1::int, 'months', $2::text, 'rows', $3::bigint))`,
        [keepMonths, monthsOf(pruned), pruned.reduce((total, { rows }) => total + rows, 0)],
      );
      await this.client.query('COMMIT');
    } catch (error) {
      await this.client.query('ROLLBACK');
      throw error;
    }
    return pruned;
  }

  private async requireOwner(): Promise<void> {
    const { rows } = await this.client.query<{ role: string; owner: string; is_owner: boolean }>(
      `SELECT current_user AS role, relowner::regrole::text AS owner, pg_has_role(relowner, 'USAGE') AS is_owner
       FROM pg_class WHERE oid = 'public.export_audit_log'::regclass`,
    );
    const [{ role, owner, is_owner: isOwner }] = rows as [(typeof rows)[number]];
    if (isOwner) return;
    throw new AuditLogError(
      `The database role ${role} may not remove entries. Set MIGRATION_DATABASE_URL to a connection as ${owner}, which owns the audit log.`,
    );
  }

  private async partitions(keepMonths: number): Promise<Partition[]> {
    const { rows } = await this.client.query<Partition>(
      `SELECT relname AS name, bound = 'DEFAULT' AS "isDefault",
              coalesce(substring(bound FROM 'TO \\(''(.*)''\\)')::timestamptz <= ${FIRST_KEPT}, false) AS "isOld"
       FROM pg_inherits JOIN pg_class ON oid = inhrelid, pg_get_expr(relpartbound, oid) AS bound
       WHERE inhparent = 'public.export_audit_log'::regclass
       ORDER BY "isDefault", substring(bound FROM 'TO \\(''(.*)''\\)')::timestamptz`,
      [keepMonths],
    );
    return Promise.all(
      rows.map(async (row) => (row.isDefault ? { ...row, isOld: await this.isDefaultOld(keepMonths) } : row)),
    );
  }

  private async isDefaultOld(keepMonths: number): Promise<boolean> {
    const { rows } = await this.client.query<{ is_old: boolean }>(
      `SELECT coalesce(max(at) < ${FIRST_KEPT}, false) AS is_old FROM public.export_audit_log_default`,
      [keepMonths],
    );
    return rows.some((row) => row.is_old);
  }

  private async measure(partitions: readonly Partition[]): Promise<AuditMonths[]> {
    const measured: AuditMonths[] = [];
    for (const { name } of partitions) {
      const table = `public.${this.client.escapeIdentifier(name)}`;
      const { rows } = await this.client.query<MeasuredRow>(
        `SELECT to_char(min(at) AT TIME ZONE 'UTC', 'YYYY-MM') AS first, to_char(max(at) AT TIME ZONE 'UTC', 'YYYY-MM') AS last,
                count(*) AS rows, pg_total_relation_size($1::regclass)::float8 AS bytes
         FROM ${table}`,
        [table],
      );
      const [{ first, last, rows: count, bytes }] = rows as [(typeof rows)[number]];
      const months = first === last ? (first ?? '') : `${first} to ${last}`;
      measured.push({ name, months, rows: Number(count), bytes });
    }
    return measured;
  }

  private async remove({ name, isDefault }: Partition, keepMonths: number): Promise<void> {
    // A current entry may have been written to this one meanwhile.
    if (isDefault && !(await this.isDefaultOld(keepMonths))) {
      throw new AuditLogError('The default partition got another entry meanwhile. Nothing was removed; try again.');
    }
    await this.client.query(`DROP TABLE public.${this.client.escapeIdentifier(name)}`);
    if (!isDefault) return;
    await this.client.query(`CREATE TABLE ${DEFAULT_PARTITION} PARTITION OF public.export_audit_log DEFAULT`);
    await this.client.query(`SELECT public.export_audit_log_protect('${DEFAULT_PARTITION}')`);
  }

  /** Retries a lock with a short timeout, so that writers never wait long behind a long read. */
  private async lock(): Promise<void> {
    await this.client.query(`SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}`);
    for (let attempt = 1; ; attempt += 1) {
      await this.client.query('SAVEPOINT before_lock');
      try {
        await this.client.query('LOCK TABLE public.export_audit_log IN ACCESS EXCLUSIVE MODE');
        return;
      } catch (error) {
        if ((error as { code?: string }).code !== LOCK_NOT_AVAILABLE || attempt === LOCK_ATTEMPTS) throw error;
        await this.client.query('ROLLBACK TO before_lock');
        await this.client.query('SELECT pg_sleep($1)', [LOCK_PAUSE_SECONDS]);
      }
    }
  }
}

/** Of those that had entries. */
function monthsOf(partitions: readonly AuditMonths[]): string {
  return partitions
    .map(({ months }) => months)
    .filter((months) => months !== '')
    .join(', ');
}
