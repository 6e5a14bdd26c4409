/** What its production learns of an export, besides its file. */
export interface ManifestFacts {
  readonly title: string;
  readonly snapshot: ManifestSnapshot | null;
  readonly tables: readonly ManifestTable[];
}

export interface ManifestSnapshot {
  readonly taken_at: string;
  /** PostgreSQL's system identifier; `null` if it may not be read. */
  readonly server: string | null;
}

export interface ManifestTable {
  readonly name: string;
  readonly rows: number | null;
  readonly columns: readonly {
    readonly name: string;
    /** As declared, such as `numeric(12,2)`; `null` for a column that is computed. */
    readonly postgres_type: string | null;
    /** How the values are to be read: a type family, or the type of the cells of a computed table. */
    readonly output_type: string;
  }[];
}
