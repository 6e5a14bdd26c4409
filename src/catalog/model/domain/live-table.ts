import type { TypeFamily } from '../../../formats';

/** A column of the database. */
export interface LiveColumn {
  readonly name: string;
  /** The name in pg_type, such as `bpchar`, without a modifier; for a domain, its base type. */
  readonly type: { readonly schema: string; readonly name: string };
  readonly family: TypeFamily;
  readonly scale: number | null;
  readonly mayHoldJsonText: boolean;
  /** Whether the type is `money`, whose text depends on the locale. */
  readonly isMoney: boolean;
}

/** A table or view of the database. */
export interface LiveTable {
  /** The name in the catalog: with the schema, unless that is `public`. */
  readonly name: string;
  readonly schema: string;
  readonly relation: string;
  /** Whether a lock protects its rows: not for foreign tables and materialized views. */
  readonly isLockable: boolean;
  /** In the order of the table. */
  readonly columns: readonly LiveColumn[];
}
