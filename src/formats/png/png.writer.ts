import type { Drawing } from '../content';
import type { ExportOptions } from '../options';
import { FormatWriter, type RenderedFile, type ReportProgress } from '../writer';
import { zip, type ZipEntry } from '../zip/zip';

/** One page is a PNG; several are a zip of PNGs, named after their page. */
export class PngWriter extends FormatWriter<'drawing'> {
  override readonly format = 'png' as const;
  override readonly contentType = 'image/png';
  override readonly accepts = ['drawing'] as const;

  override write(drawing: Drawing, _options: ExportOptions, report: ReportProgress): RenderedFile {
    const { pageCount } = drawing;
    const pages = drawPages(drawing, report);
    const summary = () => ({ pageCount, recordCount: null, warnings: drawing.warnings });
    if (pageCount === 1) return { extension: 'png', contentType: this.contentType, body: pages, summary };
    return { extension: 'zip', contentType: 'application/zip', body: zipPages(pages, pageCount), summary };
  }
}

async function* drawPages(drawing: Drawing, report: ReportProgress): AsyncGenerator<Uint8Array> {
  const total = drawing.pageCount;
  let done = 0;
  report({ done, total, unit: 'pages' });
  for await (const page of drawing.pngPages()) {
    yield page;
    report({ done: (done += 1), total, unit: 'pages' });
  }
}

/** Requests a page only when the one before has been read, so that few pages are in memory. */
async function* zipPages(pages: AsyncGenerator<Uint8Array>, count: number): AsyncGenerator<Uint8Array> {
  const digits = Math.max(3, String(count).length);
  const entries = Array.from({ length: count }, (_, index): ZipEntry => {
    const name = `page-${String(index + 1).padStart(digits, '0')}.png`;
    // PNG is already compressed.
    return { name, compressionLevel: 0, open: () => nextPage(pages) };
  });
  try {
    yield* zip(entries);
    // The last step reports the last page.
    await pages.next();
  } finally {
    await pages.return(undefined);
  }
}

async function* nextPage(pages: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  const page = await pages.next();
  if (page.done) throw new Error('The drawing has fewer pages than announced');
  yield page.value;
}
