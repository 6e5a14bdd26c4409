import type { ContentOf, Drawing } from '../content';
import type { ExportOptions } from '../options';
import { FormatWriter, type RenderedFile, type ReportProgress } from '../writer';
import { toPageName, toPagesArchive } from '../zip/collection-archive';
import { zip, type ZipEntry } from '../zip/zip';

/** One page is a PNG; several are a zip of PNGs, named after their page. Several drawings are a zip with folders. */
export class PngWriter extends FormatWriter<'collection' | 'drawing'> {
  override readonly format = 'png' as const;
  override readonly contentType = 'image/png';
  override readonly accepts = ['collection', 'drawing'] as const;

  override write(
    content: ContentOf<'collection' | 'drawing'>,
    _options: ExportOptions,
    report: ReportProgress,
  ): RenderedFile {
    if (content.kind === 'collection')
      return toPagesArchive(content, this.format, report, (drawing) => drawing.pngPages());
    const { pageCount, warnings } = content;
    const pages = drawPages(content, report);
    const summary = () => ({ pageCount, recordCount: null, warnings });
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
  const entries = Array.from({ length: count }, (_, index): ZipEntry => {
    const name = toPageName(index + 1, count, 'png');
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
