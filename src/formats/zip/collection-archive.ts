import { CollectionReader, type ItemOutcome, type OpenedItem } from '../collection-reader';
import type { Collection, Drawing, JsonDocument } from '../content';
import { UniqueFileNames } from '../file-name';
import type { RenderedFile, ReportProgress, SealArchive } from '../writer';
import { ArchiveManifest, MANIFEST_NAME } from './archive-manifest';
import { zip, type ZipEntry } from './zip';

const MANIFEST_VERSION = 1;

/** How page files are numbered, so that they sort by name. */
const MIN_DIGITS = 3;

/** The name of the file of a page. */
export function toPageName(number: number, pageCount: number, extension: string): string {
  const digits = Math.max(MIN_DIGITS, String(pageCount).length);
  return `page-${String(number).padStart(digits, '0')}.${extension}`;
}

interface PageFormat {
  readonly extension: string;
  readonly contentType: string;
  readonly compressionLevel: ZipEntry['compressionLevel'];
  readonly drawPages: (drawing: Drawing) => AsyncIterable<Uint8Array>;
}

/** A zip with a folder of pages for each drawing, and a manifest. */
export function toPagesArchive(
  collection: Collection,
  { extension, contentType, compressionLevel, drawPages }: PageFormat,
  report: ReportProgress,
  seal?: SealArchive,
): RenderedFile {
  const folders = new UniqueFileNames(null, [MANIFEST_NAME]);
  const archive = { collection, contentType, seal };
  return toArchive<Drawing>(archive, report, async function* ({ item, content, reportPages }) {
    const folder = folders.next(item.name ?? item.id);
    let pages = 0;
    for await (const page of drawPages(content)) {
      pages += 1;
      yield toEntry(`${folder}/${toPageName(pages, content.pageCount, extension)}`, compressionLevel, page);
      reportPages(pages);
    }
  });
}

/** A zip with a file for each document, and a manifest. */
export function toDocumentsArchive(
  collection: Collection,
  { extension, contentType }: Pick<PageFormat, 'extension' | 'contentType'>,
  report: ReportProgress,
  seal?: SealArchive,
): RenderedFile {
  const names = new UniqueFileNames(extension, [MANIFEST_NAME]);
  const archive = { collection, contentType, seal };
  // eslint-disable-next-line @typescript-eslint/require-await -- the shape in which items are written
  return toArchive<JsonDocument>(archive, report, async function* ({ item, content, reportPages }) {
    yield toEntry(names.next(item.name ?? item.id), 1, content.text);
    reportPages(content.pageCount);
  });
}

interface CollectionArchive {
  readonly collection: Collection;
  /** Of its files. */
  readonly contentType: string;
  readonly seal: SealArchive | undefined;
}

function toArchive<Content extends Drawing | JsonDocument>(
  { collection, contentType, seal }: CollectionArchive,
  report: ReportProgress,
  write: (opened: OpenedItem<Content>) => AsyncIterable<ZipEntry>,
): RenderedFile {
  const reader = new CollectionReader<Content>(collection, report);
  const files = new Map<string, string[]>();
  const manifest = new ArchiveManifest(seal);
  const entries = async function* (): AsyncGenerator<ZipEntry> {
    yield* reader.read(async function* (opened) {
      for await (const entry of write(opened)) {
        yield manifest.digested(entry, contentType);
        files.set(opened.item.id, [...(files.get(opened.item.id) ?? []), entry.name]);
      }
    });
    const items = reader.outcomes.map((outcome) => toManifestItem(outcome, files.get(outcome.item.id) ?? []));
    const described = { formatVersion: MANIFEST_VERSION, [collection.itemsName]: items };
    yield ArchiveManifest.entry(() => ({ ...described, ...manifest.sealed(reader.summary()) }));
  };
  return {
    extension: 'zip',
    contentType: 'application/zip',
    body: zip(entries()),
    summary: () => reader.summary(),
  };
}

function toManifestItem({ item: { id, name }, pages, reason }: ItemOutcome, files: readonly string[]): object {
  const status = reason === null ? 'complete' : pages > 0 ? 'incomplete' : 'missing';
  return { id, name, files, pages, status, reason };
}

function toEntry(name: string, compressionLevel: ZipEntry['compressionLevel'], bytes: Uint8Array): ZipEntry {
  return { name, compressionLevel, open: () => [bytes] };
}
