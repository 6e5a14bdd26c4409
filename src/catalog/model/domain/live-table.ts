import type { TypeFamily } from '../../../export';

/** A column as the database has it now. */
export interface LiveColumn {
  readonly name: string;
  /** As SQL names the type, without its modifier, such as `timestamp with time zone`; a domain by what it is over. */
  readonly type: string;
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
  /** In the order of the table. */
  readonly columns: readonly LiveColumn[];
}
