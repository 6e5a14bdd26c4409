import type { Sql } from '../platform/database/sql';
import type { ExportWarning } from './warning';

/** What a format has to know of a column's type; a domain counts as the type it is over. */
export type TypeFamily =
  /** text, varchar, char, name, enums, citext, xml: whatever somebody may have typed. All come as the type text. */
  | 'text'
  /** smallint, integer, bigint */
  | 'integer'
  /** numeric, of any scale, with NaN and infinities; money comes as numeric. */
  | 'decimal'
  /** real, double precision, with NaN and infinities */
  | 'float'
  | 'boolean'
  /** Year 4713 BC to 5874897, and both infinities; so are the timestamps. */
  | 'date'
  | 'timestamp'
  | 'timestamptz'
  /** json and jsonb */
  | 'json'
  /** Whatever has no family of its own: uuid, bytea, arrays, intervals, composites … */
  | 'other';

export interface Column {
  /** As the database has it: any character but NUL, up to 63 bytes. */
  readonly name: string;
  readonly family: TypeFamily;
  /** Digits behind the point that every value of the column has; `null` when they differ. */
  readonly scale: number | null;
  /** Whether its value as JSON may carry JSON text verbatim, line breaks between its tokens included. */
  readonly mayHoldJsonText: boolean;
}

/** How one row becomes text, inside PostgreSQL. */
export interface Projection {
  /** What is selected of a row; the row is called `"row"`, its columns `"row"."<name>"`. */
  readonly select: Sql;
  /**
   * `line`: one text a row, handed over as it is, one a line. It may hold neither a line break nor U+0001 nor U+0002.
   * `csv`: as many columns as are selected, quoted by PostgreSQL's own CSV.
   */
  readonly as: { readonly kind: 'line' } | { readonly kind: 'csv'; readonly delimiter: string };
}

/** Rows as they come out of PostgreSQL; the chunks end anywhere. */
export interface RenderedRows extends AsyncIterable<Buffer> {
  /** How many rows went out, as PostgreSQL counted them; known once all have been read. */
  count(): number;
}

/** Rows of one table, at one moment of the database, that never become values in this process. */
export interface Relation {
  /** The name of the table: of the file, the sheet or the section. */
  readonly name: string;
  /** Under what it stands in a document of several: its data type, or the table again. */
  readonly section: string;
  readonly columns: readonly Column[];
  /** Exact; `null` when nobody asked for it, as for a stream that begins at once. */
  readonly rowCount: number | null;

  /** @param onProgress hears how many rows PostgreSQL has rendered so far */
  render(projection: Projection, onProgress?: (rows: number) => void): RenderedRows;

  /**
   * Evaluates expressions over the first rows, in the same snapshot.
   * @param select aggregates of `"row"."<name>"`
   * @returns one text, or null, for each
   */
  sample(select: readonly Sql[], rows: number): Promise<(string | null)[]>;
}

/** Tables of one snapshot that make one file. */
export interface Relations {
  readonly kind: 'relations';
  /** ISO 8601, UTC: the moment whose state every row shows. */
  readonly takenAt: string;
  /** Whose data it is; `null` for an administrator's tables. */
  readonly userId: string | null;
  /** What narrowed the rows, as it was asked for. */
  readonly filters: unknown;
  readonly relations: readonly Relation[];
  /** What the source has to tell the reader. */
  readonly warnings: readonly ExportWarning[];
  /** Reads a setting of the session that a projection made while it ran; `null` when it was not made. */
  setting(name: string): Promise<string | null>;
}

/** The tables of one person's document: each stands under a name that its readers know. */
export interface Sections {
  readonly kind: 'sections';
  readonly takenAt: string;
  readonly sections: readonly Section[];
}

export interface Section {
  readonly name: string;
  readonly relation: Relation;
  /** Whether it is one thing and no list: its row, or null. */
  readonly isSingle: boolean;
}
