import type { WarningCode } from './warning-codes';
import type { Sql } from '../platform/database/sql';

/** What a source offers for export. A writer declares which kinds it accepts. */
export type Content = Collection | Drawing | JsonDocument | Relations | Sections | Table;
export type ContentKind = Content['kind'];
export type ContentOf<Kind extends ContentKind> = Extract<Content, { readonly kind: Kind }>;

/** Something the reader of a file should know: a text and its stable code. */
export interface ExportWarning {
  readonly code: WarningCode;
  readonly text: string;
}

/** Pages that are drawn off the event loop. Made for one request and drawn once. */
export interface Drawing {
  readonly kind: 'drawing';
  /** How many pages will be drawn: one if the request names a page. */
  readonly pageCount: number;
  /** Problems of the drawing, such as an image that could not be loaded; complete once it is drawn. */
  readonly warnings: readonly ExportWarning[];
  /** The pages as PNG files, in order, drawn on demand. Leaving the loop stops the drawing. */
  pngPages(): AsyncIterable<Uint8Array>;
  /** The pages as SVG files, each in parts. A page has to be read before the next one. Leaving the loop stops the drawing. */
  svgPages(): AsyncIterable<AsyncIterable<Uint8Array>>;
  /** All pages in one PDF. `onPage` receives how many are drawn. */
  pdf(onPage: (drawn: number) => void): Promise<Uint8Array>;
}

/** JSON text that is written unchanged. */
export interface JsonDocument {
  readonly kind: 'json';
  readonly text: Uint8Array;
  readonly pageCount: number;
}

/** Things that make one file together, such as boards. They are opened one after the other. */
export interface Collection {
  readonly kind: 'collection';
  readonly title: string;
  /** What the items are called in a manifest. */
  readonly itemsName: string;
  readonly items: readonly CollectionItem[];
  /** Why an item is not in the file; `null` when the error is not of this item alone, and ends the file. */
  explain(error: unknown): string | null;
  /** The error of a file without any item. @param reason of the first */
  failWith(reason: string): Error;
}

export interface CollectionItem {
  readonly id: string;
  /** `null` when nothing but the id is known. */
  readonly name: string | null;
  /** Begins the texts of warnings. */
  readonly label: string;
  /** How many pages it is expected to have. */
  readonly pageCount: number;
  /** Opens the content when the items before it have been read. */
  open(): Promise<Drawing | JsonDocument>;
}

/** What a format has to know about a column's type. A domain counts as its base type. */
export const TYPE_FAMILIES = [
  /** text, varchar, char, name, enums, citext, xml: free text. All arrive as the type text. */
  'text',
  /** smallint, integer, bigint */
  'integer',
  /** numeric of any scale, with NaN and infinities; money arrives as numeric. */
  'decimal',
  /** real, double precision, with NaN and infinities */
  'float',
  'boolean',
  /** Year 4713 BC to 5874897 and both infinities, as for the timestamps. */
  'date',
  'timestamp',
  'timestamptz',
  /** json and jsonb */
  'json',
  /** Everything else: uuid, bytea, arrays, intervals, composites … */
  'other',
] as const;
export type TypeFamily = (typeof TYPE_FAMILIES)[number];

/** A column's type in PostgreSQL. */
export interface ColumnType {
  /** The schema and the name in pg_type, such as `bpchar`, without a modifier; for a domain, its base type. */
  readonly schema: string;
  readonly name: string;
  /** As declared, in PostgreSQL's words: `numeric(12,2)`, `text[]`, the name of a domain. */
  readonly declared: string;
  /** How many digits a `numeric(p, s)` has in total; `null` without a limit, and for other types. */
  readonly precision: number | null;
  /** Whether values have parts, which `to_json` shows. */
  readonly structure: 'array' | 'composite' | null;
}

export interface Column {
  /** The name in the database: any character but NUL, up to 63 bytes. */
  readonly name: string;
  readonly type: ColumnType;
  readonly family: TypeFamily;
  /** Digits after the decimal point, the same for all values; `null` if they differ. */
  readonly scale: number | null;
  /** Whether the value as JSON may contain verbatim JSON text, with line breaks between its tokens. */
  readonly mayHoldJsonText: boolean;
}

/** How PostgreSQL renders one row as text. */
export interface Projection {
  /** The select list. The row is `"row"`, its columns are `"row"."<name>"`. */
  readonly select: Sql;
  /**
   * `line`: one text per row, passed on unchanged. It ends with the only line break in it.
   * `csv`: as many columns as are selected, quoted by PostgreSQL's own CSV.
   * `text`: as many columns as are selected, in the text format of COPY: tabs between them, `\N` for a null, and a
   * backslash before line breaks, tabs and backslashes within a value. Each row is exactly one line.
   */
  readonly as:
    { readonly kind: 'line' } | { readonly kind: 'csv'; readonly delimiter: string } | { readonly kind: 'text' };
  /** The setting of the transaction in which rendering leaves something, for `RenderedRows.settings`. */
  readonly setting?: string;
  /** Whether a chunk of the rows is valid only until the next one is taken, so that its memory is used again. */
  readonly lendsChunks?: boolean;
}

/** Rows as PostgreSQL sends them; chunks end anywhere. */
export interface RenderedRows extends AsyncIterable<Buffer> {
  /** How many rows were sent, counted by PostgreSQL; known once all have been read. */
  count(): number;
  /** What the projection left in its setting: one value for each connection that rendered rows and left something. */
  settings(): readonly string[];
}

/** Rows of one table in one snapshot. PostgreSQL renders them; they never become values in this process. */
export interface Relation {
  /** The name of the table: used for the file, the sheet or the element. */
  readonly name: string;
  /** Its key in a document of several tables: its data type, or the table's name. */
  readonly section: string;
  readonly columns: readonly Column[];
  /** Exact; `null` if the rows were not counted, as for a stream that starts at once. */
  readonly rowCount: number | null;

  /** @param onProgress receives how many rows PostgreSQL has rendered so far */
  render(projection: Projection, onProgress?: (rows: number) => void): RenderedRows;

  /**
   * Evaluates expressions over the first rows, in the same snapshot.
   * @param select aggregates of `"row"."<name>"`
   * @returns one text, or null, per expression
   */
  sample(select: readonly Sql[], rows: number): Promise<(string | null)[]>;
}

/** Tables of one snapshot that make one file. */
export interface Relations {
  readonly kind: 'relations';
  /** ISO 8601, UTC: the moment of the snapshot. */
  readonly takenAt: string;
  /** Whose data it is; `null` for an administrator's tables. */
  readonly userId: string | null;
  /** The filters as they were requested. */
  readonly filters: unknown;
  readonly relations: readonly Relation[];
  readonly warnings: readonly ExportWarning[];
  /** Reads a setting of the session, for example one that a projection set; `null` if it is not set. */
  setting(name: string): Promise<string | null>;
}

/** The tables of one person's document, each under a name that its readers know. */
export interface Sections {
  readonly kind: 'sections';
  readonly takenAt: string;
  readonly sections: readonly Section[];
}

export interface Section {
  readonly name: string;
  readonly relation: Relation;
  /** Whether it is one object (its only row, or null) instead of a list. */
  readonly isSingle: boolean;
}

/**
 * The value of a cell: a text, a number, a number written in digits (so that none is lost), a moment, or nothing.
 * An empty text is not nothing.
 */
export type Cell = string | number | Date | null;

/** The type of a column's cells; an empty cell is `null` in all of them. */
export type CellType =
  /** `string`: free text */
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
  /** Stable, for programs: letters, digits and underscores; unique in the table. */
  readonly key: string;
  /** For people, in the table's language. */
  readonly label: string;
  readonly type: CellType;
  /** Whether it means nothing to people, such as an id of another system: printed tables omit it. */
  readonly isForPrograms?: true;
}

/** A table whose rows are computed in this process, because no table of the database has its columns. */
export interface Table {
  readonly kind: 'table';
  readonly title: string;
  /** Facts about the whole table, printed below the title; in the table's language. */
  readonly facts: readonly { readonly label: string; readonly value: string }[];
  /** Facts for programs: members of the JSON document, before its rows. */
  readonly about: Readonly<Record<string, unknown>>;
  /** BCP 47: the language of the labels. */
  readonly language: string;
  /** IANA name: the time zone in which people read moments. Programs get UTC. */
  readonly timeZone: string;
  /** ISO 8601, UTC: the moment of the snapshot. */
  readonly takenAt: string;
  readonly columns: readonly TableColumn[];
  /** Exact. */
  readonly rowCount: number;
  readonly warnings: readonly ExportWarning[];
  /** The rows in batches, one cell per column. Can be read once; leaving the loop stops the reading. */
  rows(): AsyncIterable<RowBatch>;
}

export type Row = readonly Cell[];
export type RowBatch = readonly Row[];
