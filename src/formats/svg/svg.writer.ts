import { buffer } from 'node:stream/consumers';
import type { ContentOf, Drawing } from '../content';
import type { ExportOptions } from '../options';
import { writePages } from '../page-files';
import { FormatWriter, type RenderedFile, type ReportProgress, type SealArchive } from '../writer';
import { toPagesArchive } from '../zip/collection-archive';

/** One page is an SVG; several are a zip of SVGs, named after their page. Several drawings are a zip with folders. */
export class SvgWriter extends FormatWriter<'collection' | 'drawing'> {
  override readonly format = 'svg' as const;
  override readonly contentType = 'image/svg+xml';
  override readonly accepts = ['collection', 'drawing'] as const;

  override write(
    content: ContentOf<'collection' | 'drawing'>,
    _options: ExportOptions,
    report: ReportProgress,
    seal?: SealArchive,
  ): RenderedFile {
    const compressionLevel = 6;
    if (content.kind === 'collection') {
      const { format: extension, contentType } = this;
      const pages = { extension, contentType, compressionLevel, drawPages: wholePages } as const;
      return toPagesArchive(content, pages, report, seal);
    }
    return writePages(this, content, { pages: content.svgPages(), compressionLevel }, report, seal);
  }
}

/** Whole pages: a drawing that fails within a page must not leave a part of it in the archive. */
async function* wholePages(drawing: Drawing): AsyncGenerator<Uint8Array> {
  for await (const page of drawing.svgPages()) yield await buffer(page);
}
