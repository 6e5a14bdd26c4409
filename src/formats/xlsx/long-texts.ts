import { Spool } from '../zip/spool';
import { inlineText, plainNumber } from './cell';
import { CELL_UNITS } from './limits';
import { RowCutter } from './row-cutter';
import { sheetFoot, sheetHead } from './sheet';
import type { SheetNames } from './sheet-names';
import { guardedText } from './value-cell';

/** Where the cell of a text is. */
export interface CellPlace {
  readonly sheet: string;
  /** As spreadsheets count: the header's first line is 1. */
  readonly row: number;
  /** The key of its column. */
  readonly column: string;
}

const TITLE = 'Long texts';
const HEADER = ['sheet', 'row', 'column', 'part', 'text'].map((text) => ({ text, isQuoted: false }));
const WIDTHS = [20, 10, 20, 8, 60];

/**
 * Texts that have no room in their cells. They come up while the sheets before theirs are written, so their rows wait on
 * disk; each takes as many as it has parts that a cell can hold.
 */
export class LongTexts {
  private readonly spool = new Spool();
  private readonly sheetNames: string[] = [];
  private readonly counts = new Map<string, number>();
  private pending = '';
  private rows = 0;

  /** @param names of which those of the table's own sheets are taken already */
  constructor(
    private readonly names: SheetNames,
    private readonly options: {
      readonly rowsPerSheet: number;
      readonly isRaw: boolean;
      readonly isRightToLeft: boolean;
    },
  ) {}

  /** The names of the sheets that will be needed for what has come up. */
  get sheets(): readonly string[] {
    return this.sheetNames;
  }

  /** How many texts had no room, by the key of their column. */
  get countByColumn(): ReadonlyMap<string, number> {
    return this.counts;
  }

  /** What can stand in the cell: the text, or its beginning and where the whole of it is. */
  fitting(text: string, place: CellPlace): string {
    if (text.length <= CELL_UNITS) return text;
    this.counts.set(place.column, (this.counts.get(place.column) ?? 0) + 1);
    const at = this.rows;
    for (let start = 0, part = 1; start < text.length; part += 1) {
      const piece = beginning(text.slice(start, start + CELL_UNITS + 1), CELL_UNITS);
      this.keep(piece, part, place);
      start += piece.length;
    }
    const sheet = this.sheetNames[Math.floor(at / this.options.rowsPerSheet)] ?? TITLE;
    const reference = ` … [the whole text: sheet “${sheet}”, row ${(at % this.options.rowsPerSheet) + 2}]`;
    return beginning(text, CELL_UNITS - reference.length) + reference;
  }

  /** Takes to disk what has come up since the last time. */
  async settle(): Promise<void> {
    if (this.pending === '') return;
    const { pending } = this;
    this.pending = '';
    await this.spool.append(pending);
  }

  /** The bodies of the sheets, in their order. To be asked for when all texts have come up. */
  *bodies(): Generator<AsyncGenerator<Uint8Array>> {
    const cutter = new RowCutter(this.spool.read());
    for (const index of this.sheetNames.keys()) yield this.body(index, cutter);
  }

  async close(): Promise<void> {
    await this.spool.close();
  }

  private async *body(index: number, cutter: RowCutter): AsyncGenerator<Uint8Array> {
    const { rowsPerSheet, isRightToLeft } = this.options;
    yield sheetHead({ widths: WIDTHS, header: [HEADER], isFirst: false, isRightToLeft });
    yield* cutter.take(rowsPerSheet);
    const rows = Math.min(this.rows - index * rowsPerSheet, rowsPerSheet);
    yield sheetFoot(HEADER.length, { headerRow: 1, rows: rows + 1 });
  }

  private keep(piece: string, part: number, { sheet, row, column }: CellPlace): void {
    if (this.rows % this.options.rowsPerSheet === 0)
      this.sheetNames.push(this.names.nameFor(TITLE, this.sheetNames.length + 1));
    this.rows += 1;
    const { isRaw } = this.options;
    const place = guardedText(sheet, !isRaw) + plainNumber(row) + inlineText(column);
    this.pending += `<row>${place}${plainNumber(part)}${guardedText(piece, !isRaw)}</row>\n`;
  }
}

/** At most so many UTF-16 units of a text; never the first half only of a character. */
function beginning(text: string, units: number): string {
  const cut = text.slice(0, units);
  return text.length > units && isPair(text, units) ? cut.slice(0, -1) : cut;
}

function isPair(text: string, end: number): boolean {
  return /^[\ud800-\udbff][\udc00-\udfff]$/.test(text.slice(end - 1, end + 1));
}
