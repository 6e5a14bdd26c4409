import type { ContentOf, Drawing } from '../content';
import type { ExportOptions } from '../options';
import { writePages } from '../page-files';
import { FormatWriter, type RenderedFile, type ReportProgress, type SealArchive } from '../writer';
import { toPagesArchive } from '../zip/collection-archive';

/** One page is a PNG; several are a zip of PNGs, named after their page. Several drawings are a zip with folders. */
export class PngWriter extends FormatWriter<'collection' | 'drawing'> {
  override readonly format = 'png' as const;
  override readonly contentType = 'image/png';
  override readonly accepts = ['collection', 'drawing'] as const;

  override write(
    content: ContentOf<'collection' | 'drawing'>,
    _options: ExportOptions,
    report: ReportProgress,
    seal?: SealArchive,
  ): RenderedFile {
    // PNG is already compressed.
    const compressionLevel = 0;
    if (content.kind === 'collection') {
      const drawPages = (drawing: Drawing) => drawing.pngPages();
      const { format: extension, contentType } = this;
      return toPagesArchive(content, { extension, contentType, compressionLevel, drawPages }, report, seal);
    }
    return writePages(this, content, { pages: wholePages(content), compressionLevel }, report, seal);
  }
}

async function* wholePages(drawing: Drawing): AsyncGenerator<Iterable<Uint8Array>> {
  for await (const page of drawing.pngPages()) yield [page];
}
