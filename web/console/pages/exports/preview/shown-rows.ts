/** The first rows of a file, as a page shows them. */
export interface ShownRows {
  readonly columns: readonly ShownColumn[];
  /** One cell per column; `null` where the row has no value. */
  readonly rows: readonly (readonly (string | null)[])[];
  /** Whether the file has no more rows, and no cell is shortened. */
  readonly isComplete: boolean;
  /** Whether a cell is shortened and ends with `…`. */
  readonly hasShortened: boolean;
  /** How many columns are left out, because too many bytes would be loaded. */
  readonly leftOut: number;
}

export interface ShownColumn {
  readonly name: string;
  /** In PostgreSQL, such as `numeric(12,2)`; absent where the file does not say it. */
  readonly type?: string | undefined;
}
