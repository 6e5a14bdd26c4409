import type { Drawing } from '../content';
import type { ExportOptions } from '../writer';
import { FormatWriter, type RenderedFile, type ReportProgress } from '../writer';
import { zip, type ZipEntry } from '../zip/zip';

/** One page is a PNG; several are a zip of PNGs, named by their page. */
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
  const digits = Math.max(3, String(count).length);
  const entries = Array.from({ length: count }, (_, index): ZipEntry => {
    const name = `page-${String(index + 1).padStart(digits, '0')}.png`;
    // PNG is compressed already.
    return { name, compressionLevel: 0, open: () => nextOf(pages) };
  });
  try {
    yield* zip(entries);
    // The last step reports the last page.
    await pages.next();
  } finally {
    await pages.return(undefined);
  }
}

async function* nextOf(pages: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  const page = await pages.next();
  if (page.done) throw new Error('The drawing ended before its last page');
  yield page.value;
}
