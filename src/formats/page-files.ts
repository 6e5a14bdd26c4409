import type { Drawing } from './content';
import type { FileSummary, FormatWriter, RenderedFile, ReportProgress, SealArchive } from './writer';
import { toPageName } from './zip/collection-archive';
import { ArchiveManifest } from './zip/archive-manifest';
import { zip, type ZipEntry } from './zip/zip';

/** The parts of the file of one page. */
type PageFile = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

interface DrawnPages {
  readonly pages: AsyncIterable<PageFile>;
  readonly compressionLevel: ZipEntry['compressionLevel'];
}

/** One page is a file; several are a zip of files, named after their page. */
export function writePages(
  { format, contentType }: Pick<FormatWriter, 'format' | 'contentType'>,
  drawing: Pick<Drawing, 'pageCount' | 'warnings'>,
  { pages, compressionLevel }: DrawnPages,
  report: ReportProgress,
  seal?: SealArchive,
): RenderedFile {
  const { pageCount } = drawing;
  const drawn = reportPages(pages, pageCount, report);
  const summary = () => ({ pageCount, recordCount: null, warnings: drawing.warnings });
  if (pageCount === 1) return { extension: format, contentType, body: joinParts(drawn), summary };
  const body = zipPages(drawn, { format, contentType, compressionLevel, summary, seal });
  return { extension: 'zip', contentType: 'application/zip', body, summary };
}

async function* reportPages(
  pages: AsyncIterable<PageFile>,
  total: number,
  report: ReportProgress,
): AsyncGenerator<PageFile, void> {
  let done = 0;
  report({ done, total, unit: 'pages' });
  for await (const page of pages) {
    yield page;
    report({ done: (done += 1), total, unit: 'pages' });
  }
}

async function* joinParts(pages: AsyncIterable<PageFile>): AsyncGenerator<Uint8Array> {
  for await (const page of pages) yield* page;
}

interface PagesArchive extends Pick<FormatWriter, 'format' | 'contentType'> {
  readonly compressionLevel: ZipEntry['compressionLevel'];
  readonly summary: () => FileSummary & { readonly pageCount: number };
  readonly seal: SealArchive | undefined;
}

/** Requests a page only when the one before has been read, so that few pages are in memory. */
async function* zipPages(
  pages: AsyncGenerator<PageFile, void>,
  { format, contentType, compressionLevel, summary, seal }: PagesArchive,
): AsyncGenerator<Uint8Array> {
  const manifest = new ArchiveManifest(seal);
  const { pageCount } = summary();
  const entries = function* (): Generator<ZipEntry> {
    for (let number = 1; number <= pageCount; number += 1) {
      const name = toPageName(number, pageCount, format);
      yield manifest.digested({ name, compressionLevel, open: () => nextPage(pages) }, contentType);
    }
    if (!seal) return;
    yield ArchiveManifest.entry(async () => {
      // The warnings are complete when the drawing has ended.
      await pages.next();
      return { ...manifest.sealed(summary()) };
    });
  };
  try {
    yield* zip(entries());
    // The last step reports the last page.
    await pages.next();
  } finally {
    await pages.return(undefined);
  }
}

async function* nextPage(pages: AsyncGenerator<PageFile, void>): AsyncGenerator<Uint8Array> {
  const page = await pages.next();
  if (page.done) throw new Error('The drawing has fewer pages than announced');
  yield* page.value;
}
