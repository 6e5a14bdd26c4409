import type { ExportWarning } from './content';
import type { ExportOptions } from './options';

/** A table before it is read: what a writer needs to know to say how large its file becomes. */
export interface TableForecast {
  readonly name: string;
  /** Their names in the file. */
  readonly columns: readonly string[];
  /** `null` if nothing is known. */
  readonly rows: number | null;
  /** The average length of all values of a row as text, in bytes. */
  readonly rowBytes: number;
  /** The longest text that was seen, in characters. */
  readonly longestText: number;
}

/** What a writer expects of its file. Finished exports correct the figures, which are `null` without a number of rows. */
export interface FileForecast {
  readonly bytes: number | null;
  /** Of reading and writing the rows, in seconds of a typical core. */
  readonly seconds: number | null;
  /** What is certain before the rows are read. */
  readonly warnings: readonly ExportWarning[];
}

/** How a format writes rows, as far as it decides the size of a file and the time it takes. */
export interface RowWeight {
  /** What encloses the rows, besides the names of the columns. */
  readonly bytesPerTable: number;
  /** Besides the values and the names of the columns. */
  readonly bytesPerCell: number;
  /** How often each row repeats the names of its columns. */
  readonly namesPerRow: number;
  readonly secondsPerRow: number;
  /** The bytes of the file for each byte of text, for formats that always compress. */
  readonly compression?: number;
}

/** CSV, which others are compared to. */
export const PLAIN_ROWS: RowWeight = { bytesPerTable: 0, bytesPerCell: 1, namesPerRow: 0, secondsPerRow: 5e-6 };

/** Of rows as text, by gzip and zip. */
export const TEXT_COMPRESSION = 0.25;

/** The size of a file of rows, and the time it takes. */
export function weighRows(
  tables: readonly TableForecast[],
  { bytesPerTable, bytesPerCell, namesPerRow, secondsPerRow, compression = 1 }: RowWeight,
  options: ExportOptions,
): Omit<FileForecast, 'warnings'> {
  let [bytes, seconds] = [0, 0];
  for (const { columns, rows, rowBytes } of tables) {
    if (rows === null) return { bytes: null, seconds: null };
    const names = columns.reduce((sum, name) => sum + Buffer.byteLength(name), 0);
    const cells = rowBytes + columns.length * bytesPerCell + names * namesPerRow;
    bytes += bytesPerTable + names + columns.length + rows * cells;
    seconds += rows * secondsPerRow;
  }
  const ratio = options['compression'] === undefined ? compression : compression * TEXT_COMPRESSION;
  return { bytes: bytes * ratio, seconds };
}
