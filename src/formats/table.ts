import type { ExportWarning } from './warning';

/**
 * What stands in a cell: a text, a number written in digits (so that no digit is lost on the way), a moment, or nothing.
 * An empty text is not nothing.
 */
export type Cell = string | number | Date | null;

/** What a column's cells are; whatever they are, nothing is `null`. */
export type CellType =
  /** `string`: whatever somebody may have typed */
  | 'text'
  /** `number`, whole */
  | 'integer'
  /** `string` of digits with at most one point, such as `-12.50` */
  | 'decimal'
  /** `number` of whole seconds */
  | 'duration'
  /** `Date` */
  | 'moment';

export interface TableColumn {
  /** Stable, for programs: letters, digits and underscores; no two of a table are alike. */
  readonly key: string;
  /** For people, in the table's language. */
  readonly label: string;
  readonly type: CellType;
  /** Whether it means nothing to people, such as another system's id: what is printed goes without it. */
  readonly isForPrograms?: true;
}

/** A table whose rows are computed in this process, because their columns are not those of any table of the database. */
export interface Table {
  readonly kind: 'table';
  /** What the table is about, as a heading. */
  readonly title: string;
  /** What else a reader should know of the whole, below the heading of a printed sheet; in the table's language. */
  readonly facts: readonly { readonly label: string; readonly value: string }[];
  /** What a program should know of the whole: members of the JSON document, before its rows. */
  readonly about: Readonly<Record<string, unknown>>;
  /** BCP 47; in it are the labels. */
  readonly language: string;
  /** In which moments are shown to people, as IANA names it; for programs they are in UTC. */
  readonly timeZone: string;
  /** ISO 8601, UTC: the moment whose state every row shows. */
  readonly takenAt: string;
  readonly columns: readonly TableColumn[];
  /** Exact. */
  readonly rowCount: number;
  readonly warnings: readonly ExportWarning[];
  /** In batches, each cell under the column of its place. To be read once; leaving the loop ends the reading. */
  rows(): AsyncIterable<readonly (readonly Cell[])[]>;
}
