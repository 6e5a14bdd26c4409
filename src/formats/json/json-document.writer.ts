import { Readable } from 'node:stream';
import type { JsonDocument } from '../content';
import type { ExportOptions } from '../writer';
import { FormatWriter, type RenderedFile, type ReportProgress } from '../writer';

/** JSON that exists as text already: it is written as it is, to the last digit. */
export class JsonDocumentWriter extends FormatWriter<'json'> {
  override readonly format = 'json';
  override readonly writes = 'json';

  override write({ text, pageCount }: JsonDocument, _options: ExportOptions, report: ReportProgress): RenderedFile {
    report({ done: 0, total: pageCount, unit: 'pages' });
    return {
      extension: 'json',
      contentType: 'application/json',
      body: Readable.from([text]),
      summary: () => ({ pageCount, recordCount: null, warnings: [] }),
    };
  }
}
