import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { ZipFile } from 'yazl';
import type { Drawing } from '../../model/domain/content';
import type { ExportOptions } from '../../model/domain/export';
import { FormatWriter, type RenderedFile, type ReportProgress } from '../../model/domain/format-writer';

/** One page is a PNG; several are a zip of PNGs, named by their page. */
@Injectable()
export class PngWriter extends FormatWriter<'drawing'> {
  override readonly format = 'png';
  override readonly writes = 'drawing';

  override write(drawing: Drawing, _options: ExportOptions, report: ReportProgress): RenderedFile {
    const { pageCount } = drawing;
    const pages = reported(drawing, report);
    const summary = () => ({ pageCount, recordCount: null, warnings: drawing.warnings });
    if (pageCount === 1) return { extension: 'png', contentType: 'image/png', body: pages, summary };
    return { extension: 'zip', contentType: 'application/zip', body: zipped(pages, pageCount), summary };
  }
}

async function* reported(drawing: Drawing, report: ReportProgress): AsyncGenerator<Uint8Array> {
  const total = drawing.pageCount;
  let done = 0;
  report({ done, total, unit: 'pages' });
  for await (const page of drawing.pngPages()) {
    yield page;
    report({ done: (done += 1), total, unit: 'pages' });
  }
}

/** Asks for a page only when the one before has gone out, so that no more than a few pages are ever in memory. */
async function* zipped(pages: AsyncGenerator<Uint8Array>, count: number): AsyncGenerator<Uint8Array> {
  const zip = new ZipFile();
  // A PassThrough by nature; destroyed, it throws at whoever reads, where yazl would only stop writing.
  const output = zip.outputStream as Readable;
  zip.on('error', (error: Error) => output.destroy(error));
  const digits = Math.max(3, String(count).length);
  for (let number = 1; number <= count; number += 1) {
    const name = `page-${String(number).padStart(digits, '0')}.png`;
    // PNG is compressed already.
    zip.addReadStreamLazy(name, { compress: false }, (pass) => {
      pages.next().then(
        ({ value, done }) => {
          if (done) pass(new Error(`The drawing ended before page ${number}`), Readable.from([]));
          else pass(null, Readable.from([value]));
        },
        (error: unknown) => {
          pass(error, Readable.from([]));
        },
      );
    });
  }
  zip.end();
  try {
    yield* output as AsyncIterable<Uint8Array>;
    // The last step reports the last page.
    await pages.next();
  } finally {
    await pages.return(undefined);
  }
}
