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

  override write(table: Table, options: ExportOptions, report: ReportProgress): RenderedFile {
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
