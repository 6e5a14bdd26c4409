import { randomUUID } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RowSplitter } from './row-splitter';
import { MAX_CELL_UNITS, toNumberCell, toSheetFoot, toSheetHead, toTextCell } from './sheet-xml';
import { toWrappedCell } from './table-cells';
import type { SheetNames } from './workbook';

/** Where the cell of a text is. */
interface CellPosition {
  readonly sheet: string;
  /** As spreadsheets count: the first line of the header is 1. */
  readonly row: number;
  /** The key of the column. */
  readonly column: string;
}

const TITLE = 'Long texts';
const HEADER = ['sheet', 'row', 'column', 'part', 'text'].map((text) => ({ text, isQuoted: false }));
const WIDTHS = [20, 10, 20, 8, 60];

/**
 * Sheets for texts that do not fit into their cells, each text in as many rows as it takes. The texts are found while
 * earlier sheets are written, so their rows wait on disk.
 */
export class LongTexts {
  private readonly written = new TemporaryText();
  private readonly sheetNames: string[] = [];
  private readonly counts = new Map<string, number>();
  private pending = '';
  private rows = 0;

  /** @param names in which the table's own sheets are already taken */
  constructor(
    private readonly names: SheetNames,
    private readonly options: {
      readonly rowsPerSheet: number;
      readonly isRaw: boolean;
      readonly isRightToLeft: boolean;
    },
  ) {}

  /** The names of the sheets needed so far. */
  get sheets(): readonly string[] {
    return this.sheetNames;
  }

  /** How many texts did not fit, by the key of their column. */
  get countByColumn(): ReadonlyMap<string, number> {
    return this.counts;
  }

  /** The text if it fits into a cell; otherwise its beginning and where to find all of it. */
  fit(text: string, position: CellPosition): string {
    if (text.length <= MAX_CELL_UNITS) return text;
    this.counts.set(position.column, (this.counts.get(position.column) ?? 0) + 1);
    const firstRow = this.rows;
    for (let start = 0, part = 1; start < text.length; part += 1) {
      const piece = truncate(text.slice(start, start + MAX_CELL_UNITS + 1), MAX_CELL_UNITS);
      this.add(piece, part, position);
      start += piece.length;
    }
    const sheet = this.sheetNames[Math.floor(firstRow / this.options.rowsPerSheet)] ?? TITLE;
    const row = (firstRow % this.options.rowsPerSheet) + 2;
    const reference = ` … [the whole text: sheet “${sheet}”, row ${row}]`;
    return truncate(text, MAX_CELL_UNITS - reference.length) + reference;
  }

  /** Writes the texts found since the last call to disk. */
  async flush(): Promise<void> {
    if (this.pending === '') return;
    const { pending } = this;
    this.pending = '';
    await this.written.append(pending);
  }

  /** The contents of the sheets, in order. Call it when all rows of the table have been read. */
  *bodies(): Generator<AsyncGenerator<Uint8Array>> {
    const rows = new RowSplitter(this.written.read());
    for (const index of this.sheetNames.keys()) yield this.body(index, rows);
  }

  async close(): Promise<void> {
    await this.written.close();
  }

  private async *body(index: number, splitter: RowSplitter): AsyncGenerator<Uint8Array> {
    const { rowsPerSheet, isRightToLeft } = this.options;
    yield toSheetHead({ widths: WIDTHS, header: [HEADER], isFirst: false, isRightToLeft });
    yield* splitter.take(rowsPerSheet);
    const rows = Math.min(this.rows - index * rowsPerSheet, rowsPerSheet);
    yield toSheetFoot(HEADER.length, { headerRow: 1, rows: rows + 1 });
  }

  private add(piece: string, part: number, { sheet, row, column }: CellPosition): void {
    if (this.rows % this.options.rowsPerSheet === 0)
      this.sheetNames.push(this.names.next(TITLE, this.sheetNames.length + 1));
    this.rows += 1;
    const isGuarded = !this.options.isRaw;
    const position = toWrappedCell(sheet, isGuarded) + toNumberCell(row) + toTextCell(column);
    this.pending += `<row>${position}${toNumberCell(part)}${toWrappedCell(piece, isGuarded)}</row>\n`;
  }
}

/** At most that many UTF-16 units of a text. Does not split a surrogate pair. */
function truncate(text: string, units: number): string {
  const cut = text.slice(0, units);
  const splitsPair = text.length > units && /^[\ud800-\udbff][\udc00-\udfff]$/.test(text.slice(units - 1, units + 1));
  return splitsPair ? cut.slice(0, -1) : cut;
}

const CHUNK_BYTES = 128 * 1024;

/** Text kept on disk in an unlinked file: the space is freed when the file is closed, or when the process exits. */
class TemporaryText {
  private file: FileHandle | undefined;
  private size = 0;

  async append(text: string): Promise<void> {
    this.file ??= await openUnlinked();
    const bytes = Buffer.from(text);
    // A write may be partial.
    for (let written = 0; written < bytes.length;) {
      const { bytesWritten } = await this.file.write(bytes, written, bytes.length - written, this.size);
      written += bytesWritten;
      this.size += bytesWritten;
    }
  }

  /** Everything that was appended, from the beginning. */
  async *read(): AsyncGenerator<Buffer> {
    for (let position = 0; this.file && position < this.size;) {
      const { bytesRead, buffer } = await this.file.read(Buffer.allocUnsafe(CHUNK_BYTES), 0, CHUNK_BYTES, position);
      if (bytesRead === 0) throw new Error('A temporary file is shorter than what was written to it');
      position += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  }

  async close(): Promise<void> {
    const { file } = this;
    this.file = undefined;
    await file?.close();
  }
}

/** A process that is killed leaves no file behind either. */
async function openUnlinked(): Promise<FileHandle> {
  const path = join(tmpdir(), `export-${randomUUID()}.tmp`);
  const file = await open(path, 'wx+', 0o600);
  try {
    await rm(path);
  } catch (error) {
    await file.close();
    throw error;
  }
  return file;
}
