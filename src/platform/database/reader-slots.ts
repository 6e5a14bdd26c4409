import { sql, Sql } from './sql';

/** Two-part advisory locks of this class: part 0 is for leaders, parts from 1 on are slots of followers. */
const LOCK_CLASS = sql`1163415634`;

/** How many exports of this database are read, and how many connections help them. */
export interface Readers {
  readonly leaders: number;
  readonly followers: number;
}

/**
 * The connections that read the rows of one database share a number of slots. Advisory locks of their transactions say who
 * has one, so the share needs no configuration, survives no crash, and works on standbys.
 */
export const ReaderSlots = {
  /** Registers the transaction as one that reads an export. */
  lead: sql`pg_catalog.pg_advisory_xact_lock_shared(${LOCK_CLASS}, 0)`,

  /** Selects `Readers`. */
  count: sql`
    SELECT count(*) FILTER (WHERE objid = 0)::int AS leaders, count(*) FILTER (WHERE objid > 0)::int AS followers
    FROM pg_catalog.pg_locks
    WHERE locktype = 'advisory' AND classid = ${LOCK_CLASS} AND objsubid = 2 AND granted
      AND database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())`,

  /** Takes the first free slot and selects its number as `slot`, or selects nothing. */
  take: (slots: number) => sql`
    SELECT slot FROM pg_catalog.generate_series(1, ${Sql.integer(slots)}) AS slot
    WHERE pg_catalog.pg_try_advisory_xact_lock(${LOCK_CLASS}, slot) LIMIT 1`,

  /** How many followers all exports may have together. @param parallelism connections that may read at once */
  slots: (parallelism: number, leaders: number) => Math.max(0, parallelism - leaders),

  /** How many connections one export may have. */
  share: (parallelism: number, leaders: number) => Math.max(1, Math.ceil(parallelism / Math.max(1, leaders))),
} as const;
