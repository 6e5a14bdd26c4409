import { Injectable } from '@nestjs/common';
import PDFDocument from 'pdfkit';
import type { ExportOptions } from '../../../model/domain/export';
import { FormatWriter, type RenderedFile, type ReportProgress } from '../../../model/domain/format-writer';
import type { Table } from '../../../model/domain/table';
import { PrintedTable } from './printed-table';

/** A table as a sheet to be printed. */
@Injectable()
export class TablePdfWriter extends FormatWriter<'table'> {
  override readonly format = 'pdf';
  override readonly writes = 'table';

  override write(given: Table, options: ExportOptions, report: ReportProgress): RenderedFile {
    const table = forPeople(given);
    const printed = new PrintedTable(table, documentOf(table), options, report);
    return {
      extension: 'pdf',
      contentType: 'application/pdf',
      body: printed.bytes(),
      summary: () => ({
        pageCount: printed.pageCount,
        recordCount: printed.recordCount,
        warnings: [...table.warnings, ...printed.warnings],
      }),
    };
  }
}

/** The table without the columns that mean nothing to people. */
function forPeople(table: Table): Table {
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
