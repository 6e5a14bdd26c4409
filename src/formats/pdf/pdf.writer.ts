import { CollectionReader } from '../collection-reader';
import type { Collection, ContentOf, Drawing, Table } from '../content';
import type { ExportOptions } from '../options';
import { PDF_TABLE_OPTIONS } from '../pdf-table/paper';
import type { PrintedTable } from '../pdf-table/printed-table';
import { FormatWriter, type RenderedFile, type ReportProgress } from '../writer';
import { PdfAssembly } from './pdf-assembly';

/** A drawing as the source draws it, several drawings with an outline, or a table for printing. */
export class PdfWriter extends FormatWriter<'collection' | 'drawing' | 'table'> {
  override readonly format = 'pdf' as const;
  override readonly contentType = 'application/pdf';
  override readonly accepts = ['collection', 'drawing', 'table'] as const;
  override readonly options = PDF_TABLE_OPTIONS;

  override write(
    content: ContentOf<'collection' | 'drawing' | 'table'>,
    options: ExportOptions,
    report: ReportProgress,
  ): RenderedFile {
    return { extension: this.format, contentType: this.contentType, ...writeContent(content, options, report) };
  }
}

type PdfFile = Pick<RenderedFile, 'body' | 'summary'>;

function writeContent(
  content: ContentOf<'collection' | 'drawing' | 'table'>,
  options: ExportOptions,
  report: ReportProgress,
): PdfFile {
  switch (content.kind) {
    case 'collection':
      return writeCollection(content, report);
    case 'drawing':
      return writeDrawing(content, report);
    case 'table':
      return writeTable(content, options, report);
  }
}

/** A drawing that fails leaves nothing in the file: its pages are added when all are drawn. */
function writeCollection(collection: Collection, report: ReportProgress): PdfFile {
  const reader = new CollectionReader<Drawing>(collection, report);
  const assembly = new PdfAssembly();
  const body = async function* () {
    yield* assembly.begin();
    yield* reader.read(async function* ({ item, content, reportPages, reportDrawn }) {
      const file = await content.pdf(reportDrawn);
      yield* assembly.add(file, item.name ?? item.id);
      reportPages(content.pageCount);
    });
    yield* assembly.end(collection.title);
  };
  return { body: body(), summary: () => reader.summary() };
}

function writeDrawing(drawing: Drawing, report: ReportProgress): PdfFile {
  const { pageCount: total } = drawing;
  const body = async function* () {
    report({ done: 0, total, unit: 'pages' });
    yield await drawing.pdf((done) => {
      report({ done, total, unit: 'pages' });
    });
  };
  return {
    body: body(),
    summary: () => ({ pageCount: total, recordCount: null, warnings: drawing.warnings }),
  };
}

function writeTable(given: Table, options: ExportOptions, report: ReportProgress): PdfFile {
  const table = withoutProgramColumns(given);
  let printed: PrintedTable | undefined;
  const body = async function* () {
    // pdfkit is slow to load: only a process that prints a table loads it.
    const { printTable } = await import('../pdf-table/printed-table.ts');
    yield* (printed = printTable(table, options, report)).bytes();
  };
  return {
    body: body(),
    summary: () => ({
      pageCount: printed?.pageCount ?? 0,
      recordCount: printed?.recordCount ?? 0,
      warnings: [...table.warnings, ...(printed?.warnings ?? [])],
    }),
  };
}

/** The table without the columns that mean nothing to people. */
function withoutProgramColumns(table: Table): Table {
  const kept = table.columns.flatMap(({ isForPrograms }, index) => (isForPrograms ? [] : [index]));
  if (kept.length === table.columns.length) return table;
  const select = <Item>(items: readonly Item[]) => kept.map((index) => items[index] as Item);
  return {
    ...table,
    columns: select(table.columns),
    async *rows() {
      for await (const batch of table.rows()) yield batch.map(select);
    },
  };
}
