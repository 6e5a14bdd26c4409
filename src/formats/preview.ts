/** The first rows of a file. */
export interface RowsPreview {
  readonly columns: readonly string[];
  /** One cell per column; `null` where the row has no value. */
  readonly rows: readonly (readonly (string | null)[])[];
  /** The cells that are shortened and end with `…`, counted from 0. */
  readonly truncatedCells: readonly { readonly row: number; readonly column: number }[];
  /** Whether these are all rows, and no cell is shortened. */
  readonly isComplete: boolean;
}

/** UTF-16 units of a cell. */
export const MAX_CELL_LENGTH = 1000;
export const TRUNCATION_MARK = '…';

/** A cell; `isTruncated` when the file has more of it than `text`. */
export interface PreviewedCell {
  readonly text: string | null;
  readonly isTruncated: boolean;
}

/** A cell of which nothing was read. */
export const UNREAD_CELL: PreviewedCell = { text: '', isTruncated: true };

/** Reads the first rows from the bytes of a file, which arrive in chunks of any size. */
export abstract class PreviewReader {
  private readonly cells: PreviewedCell[][] = [];
  private hasMore = false;

  constructor(private readonly maxRows: number) {}

  /** Whether the rows are read and more follow: further bytes change nothing. */
  get isDone(): boolean {
    return this.hasMore;
  }

  /** Reads the next bytes. */
  abstract write(chunk: Uint8Array): void;

  /**
   * Ends the reading.
   * @param isWhole whether the file has no more bytes; otherwise its last row may be cut
   */
  end(isWhole: boolean): RowsPreview {
    this.flush(isWhole);
    const columns = this.columns();
    const truncatedCells: { row: number; column: number }[] = [];
    const rows = this.cells.map((cells, row) =>
      columns.map((_, column) => {
        const shown = toShown(cells[column]);
        if (shown.isTruncated) truncatedCells.push({ row, column });
        return shown.text;
      }),
    );
    return { columns, rows, truncatedCells, isComplete: isWhole && !this.hasMore && truncatedCells.length === 0 };
  }

  /** Adds what is left of the last row. */
  protected abstract flush(isWhole: boolean): void;

  protected abstract columns(): readonly string[];

  /** Whether there is room for another row. Call it when one begins. */
  protected beginRow(): boolean {
    if (this.cells.length < this.maxRows) return true;
    this.hasMore = true;
    return false;
  }

  protected addRow(cells: PreviewedCell[]): void {
    this.cells.push(cells);
  }
}

function toShown(cell: PreviewedCell | undefined): PreviewedCell {
  if (cell === undefined || cell.text === null) return { text: null, isTruncated: false };
  const { text } = cell;
  if (text.length <= MAX_CELL_LENGTH && !cell.isTruncated) return cell;
  // Half of a surrogate pair is no character.
  const kept = text.slice(0, MAX_CELL_LENGTH).replace(/[\ud800-\udbff]$/, '');
  return { text: `${kept}${TRUNCATION_MARK}`, isTruncated: true };
}
