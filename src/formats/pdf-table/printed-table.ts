import type { ExportWarning } from '../warning';
import PDFDocument from 'pdfkit';
import type { ExportOptions } from '../writer';
import type { ReportProgress } from '../writer';
import type { Cell, Table } from '../table';
import { planColumns } from './column-plan';
import { isRightToLeft } from './direction';
import { MARGIN, paperChoice } from './look';
import { RowSetter } from './row-setter';
import { SheetHeading } from './sheet-heading';
import { SheetPages } from './sheet-pages';
import { TextPen } from './text-pen';
import { TextSetter } from './text-setter';
import { TimeSlices } from './time-slices';
import { Typefaces } from './typefaces';

/** So many rows are looked at before the columns' widths are settled. */
const SAMPLE = 200;
const MAX_CHARACTERS_LISTED = 10;

export function printTable(table: Table, options: ExportOptions, report: ReportProgress): PrintedTable {
  return new PrintedTable(table, documentOf(table), options, report);
}

function documentOf({ title, language, takenAt }: Table): PDFKit.PDFDocument {
  return new PDFDocument({
    autoFirstPage: false,
    font: '',
    pdfVersion: '1.7',
    lang: language,
    displayTitle: true,
    info: { Title: title.toWellFormed(), Creator: 'Export Service', CreationDate: new Date(takenAt) },
  });
}

/** One table on its way to paper. Its bytes are to be read once. */
export class PrintedTable {
  pageCount = 0;
  recordCount = 0;
  private readonly slices = new TimeSlices();
  private readonly typefaces: Typefaces;
  private readonly setter: TextSetter;
  private readonly rows: RowSetter;
  private readonly rightToLeft: boolean;

  constructor(
    private readonly table: Table,
    private readonly document: PDFKit.PDFDocument,
    private readonly options: ExportOptions,
    private readonly report: ReportProgress,
  ) {
    this.rightToLeft = isRightToLeft(table.language);
    this.typefaces = new Typefaces(document);
    this.setter = new TextSetter(this.typefaces, this.rightToLeft);
    this.rows = new RowSetter(table, this.setter, this.slices);
  }

  /**
   * The file, drawn as it is read. Leaving it early ends the reading of the rows.
   * @throws when there are not as many rows as the table said
   */
  async *bytes(): AsyncGenerator<Uint8Array> {
    let sample: (readonly Cell[])[] = [];
    let pages: SheetPages | null = null;
    this.tell();
    for await (const batch of this.table.rows()) {
      if (pages) yield* this.print(batch, pages);
      else sample.push(...batch);
      if (pages || sample.length < SAMPLE) continue;
      pages = await this.begin(sample);
      yield* this.print(sample, pages);
      sample = [];
    }
    if (!pages) {
      pages = await this.begin(sample);
      yield* this.print(sample, pages);
    }
    if (this.recordCount !== this.table.rowCount) {
      throw new Error(`The table has ${this.recordCount} rows and was to have ${this.table.rowCount}`);
    }
    yield* this.end(pages);
  }

  /** What a reader should know of the sheet; complete once it has been drawn. */
  get warnings(): ExportWarning[] {
    const { warnings } = this.rows.cutCells;
    const missing = [...this.setter.missing];
    if (missing.length > 0) {
      const named = missing.slice(0, MAX_CHARACTERS_LISTED).map(codeOf).join(', ');
      const more = missing.length > MAX_CHARACTERS_LISTED ? ' and others' : '';
      const text = `No font has these characters, which are printed as \ufffd: ${named}${more}.`;
      warnings.push({ code: 'characters-not-printable', text });
    }
    return warnings;
  }

  private async begin(sample: readonly (readonly Cell[])[]): Promise<SheetPages> {
    const plan = planColumns(await this.rows.extents(sample, SAMPLE), paperChoice(this.options));
    const { row: header, notes } = this.rows.header(plan);
    const pen = new TextPen(this.document);
    const sheet = { header, rightToLeft: this.rightToLeft, takenAt: this.rows.takenAt };
    const pages = new SheetPages(this.table, this.document, this.setter, pen, plan, sheet);
    const box = { left: MARGIN, width: plan.paper.width - 2 * MARGIN, rightToLeft: this.rightToLeft };
    pages.begin(new SheetHeading(this.table, notes, this.setter, box));
    return pages;
  }

  private async *print(rows: readonly (readonly Cell[])[], pages: SheetPages): AsyncGenerator<Uint8Array> {
    for (const row of rows) {
      pages.add(await this.rows.row(row, pages.plan));
      this.recordCount += 1;
      yield* this.drawn();
    }
    this.tell();
  }

  private async *end(pages: SheetPages): AsyncGenerator<Uint8Array> {
    pages.end();
    this.pageCount = pages.pageCount;
    await this.typefaces.finish();
    this.document.end();
    yield* this.drawn();
  }

  /** What pdfkit has ready. It would keep any amount. */
  private *drawn(): Generator<Uint8Array> {
    const chunk = this.document.read() as Uint8Array | null;
    if (chunk !== null) yield chunk;
  }

  private tell(): void {
    this.report({ done: this.recordCount, total: this.table.rowCount, unit: 'rows' });
  }
}

function codeOf(cluster: string): string {
  const codes = Array.from(cluster, (character) => (character.codePointAt(0) ?? 0).toString(16).toUpperCase());
  return codes.map((code) => `U+${code.padStart(4, '0')}`).join(' ');
}
