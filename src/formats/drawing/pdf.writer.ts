import type { Drawing } from '../content';
import type { ExportOptions } from '../writer';
import { FormatWriter, type RenderedFile, type ReportProgress } from '../writer';

export class PdfWriter extends FormatWriter<'drawing'> {
  override readonly format = 'pdf';
  override readonly writes = 'drawing';

  override write(drawing: Drawing, _options: ExportOptions, report: ReportProgress): RenderedFile {
    const { pageCount: total } = drawing;
    return {
      extension: 'pdf',
      contentType: 'application/pdf',
      body: once(() => {
        report({ done: 0, total, unit: 'pages' });
        return drawing.pdf((done) => {
          report({ done, total, unit: 'pages' });
        });
      }),
      summary: () => ({ pageCount: total, recordCount: null, warnings: drawing.warnings }),
    };
  }
}

async function* once(make: () => Promise<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield await make();
}
