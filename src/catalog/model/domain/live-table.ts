import type { TypeFamily } from '../../../formats';

/** A column as the database has it now. */
export interface LiveColumn {
  readonly name: string;
  /** The type's own name, such as `bpchar`, which SQL takes without a modifier; a domain goes by what it is over. */
  readonly type: { readonly schema: string; readonly name: string };
  readonly family: TypeFamily;
  readonly scale: number | null;
  readonly mayHoldJsonText: boolean;
  /** Its own text is an amount with signs around it, after the customs of a country. */
  readonly isMoney: boolean;
}

/** A table or view as the database has it now. */
export interface LiveTable {
  /** As the catalog names it: with its schema, unless that is `public`. */
  readonly name: string;
  readonly schema: string;
  readonly relation: string;
  /** Whether its rows lie in it, so that a lock keeps them there; not those of a foreign table or a materialized view. */
  readonly isLockable: boolean;
  /** In the order of the table. */
  readonly columns: readonly LiveColumn[];
}
