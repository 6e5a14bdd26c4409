import PDFDocument from 'pdfkit';
import type { ExportWarning, RowBatch, Table } from '../content';
import { isRightToLeft } from '../language';
import type { ExportOptions } from '../options';
import type { ReportProgress } from '../writer';
import { planColumns } from './column-plan';
import { Heading } from './heading';
import { Paginator } from './paginator';
import { toPapers } from './paper';
import { RowLayout } from './row-layout';
import { MARGIN } from './styles';
import { TextLayout } from './text-layout';
import { TextPen } from './text-pen';
import { TimeSlices } from './time-slices';
import { Typefaces } from './typefaces';

/** The widths of the columns are planned by this many rows. */
const SAMPLED_ROWS = 200;
const MAX_CHARACTERS_LISTED = 10;

export function printTable(table: Table, options: ExportOptions, report: ReportProgress): PrintedTable {
  return new PrintedTable(table, createDocument(table), options, report);
}

function createDocument({ title, language, takenAt }: Table): PDFKit.PDFDocument {
  return new PDFDocument({
    autoFirstPage: false,
    font: '',
    pdfVersion: '1.7',
    lang: language,
    displayTitle: true,
    info: { Title: title.toWellFormed(), Creator: 'Export Service', CreationDate: new Date(takenAt) },
  });
}

/** A table as a PDF. Its bytes can be read once. */
export class PrintedTable {
  pageCount = 0;
  recordCount = 0;
  private readonly typefaces: Typefaces;
  private readonly text: TextLayout;
  private readonly rows: RowLayout;
  private readonly rightToLeft: boolean;

  constructor(
    private readonly table: Table,
    private readonly document: PDFKit.PDFDocument,
    private readonly options: ExportOptions,
    private readonly report: ReportProgress,
  ) {
    this.rightToLeft = isRightToLeft(table.language);
    this.typefaces = new Typefaces(document);
    this.text = new TextLayout(this.typefaces, this.rightToLeft);
    this.rows = new RowLayout(table, this.text, new TimeSlices());
  }

  /**
   * The file, drawn while it is read. Leaving early stops the reading of the rows.
   * @throws Error if the number of rows differs from the table's `rowCount`
   */
  async *bytes(): AsyncGenerator<Uint8Array> {
    let sample: RowBatch[number][] = [];
    let pages: Paginator | null = null;
    this.reportProgress();
    for await (const batch of this.table.rows()) {
      if (pages) yield* this.print(batch, pages);
      else sample.push(...batch);
      if (pages || sample.length < SAMPLED_ROWS) continue;
      pages = await this.start(sample);
      yield* this.print(sample, pages);
      sample = [];
    }
    if (!pages) {
      pages = await this.start(sample);
      yield* this.print(sample, pages);
    }
    if (this.recordCount !== this.table.rowCount) {
      throw new Error(`The table has ${this.recordCount} rows, but ${this.table.rowCount} were counted`);
    }
    yield* this.end(pages);
  }

  /** Complete once the bytes have been read. */
  get warnings(): ExportWarning[] {
    const { warnings } = this.rows.truncations;
    const missing = [...this.text.missing];
    if (missing.length > 0) {
      const named = missing.slice(0, MAX_CHARACTERS_LISTED).map(toCodePoints).join(', ');
      const more = missing.length > MAX_CHARACTERS_LISTED ? ' and others' : '';
      const text = `No font has these characters, which are printed as \ufffd: ${named}${more}.`;
      warnings.push({ code: 'characters-not-printable', text });
    }
    return warnings;
  }

  private async start(sample: RowBatch): Promise<Paginator> {
    const plan = planColumns(await this.rows.measureColumns(sample, SAMPLED_ROWS), toPapers(this.options));
    const { row: header, notes } = this.rows.layOutHeader(plan);
    const pen = new TextPen(this.document);
    const page = { header, rightToLeft: this.rightToLeft, takenAt: this.rows.takenAt };
    const pages = new Paginator(this.table, this.document, this.text, pen, plan, page);
    const box = { left: MARGIN, width: plan.paper.width - 2 * MARGIN, rightToLeft: this.rightToLeft };
    pages.start(new Heading(this.table, notes, this.text, box));
    return pages;
  }

  private async *print(rows: RowBatch, pages: Paginator): AsyncGenerator<Uint8Array> {
    for (const row of rows) {
      pages.add(await this.rows.layOutRow(row, pages.plan));
      this.recordCount += 1;
      yield* this.takeBytes();
    }
    this.reportProgress();
  }

  private async *end(pages: Paginator): AsyncGenerator<Uint8Array> {
    pages.end();
    this.pageCount = pages.pageCount;
    await this.typefaces.finish();
    this.document.end();
    yield* this.takeBytes();
  }

  /** The bytes that pdfkit has buffered; its buffer has no limit. */
  private *takeBytes(): Generator<Uint8Array> {
    const chunk = this.document.read() as Uint8Array | null;
    if (chunk !== null) yield chunk;
  }

  private reportProgress(): void {
    this.report({ done: this.recordCount, total: this.table.rowCount, unit: 'rows' });
  }
}

function toCodePoints(cluster: string): string {
  const codes = Array.from(cluster, (character) => (character.codePointAt(0) ?? 0).toString(16).toUpperCase());
  return codes.map((code) => `U+${code.padStart(4, '0')}`).join(' ');
}
