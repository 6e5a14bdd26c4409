import { CollectionReader, type ItemOutcome, type OpenedItem } from '../collection-reader';
import type { Collection, Drawing, JsonDocument } from '../content';
import { UniqueFileNames } from '../file-name';
import type { RenderedFile, ReportProgress } from '../writer';
import { zip, type ZipEntry } from './zip';

const MANIFEST = 'manifest.json';
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
  readonly compressionLevel: ZipEntry['compressionLevel'];
  readonly drawPages: (drawing: Drawing) => AsyncIterable<Uint8Array>;
}

/** A zip with a folder of pages for each drawing, and a manifest. */
export function toPagesArchive(
  collection: Collection,
  { extension, compressionLevel, drawPages }: PageFormat,
  report: ReportProgress,
): RenderedFile {
  const folders = new UniqueFileNames(null, [MANIFEST]);
  return toArchive<Drawing>(collection, report, async function* ({ item, content, reportPages }) {
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
export function toDocumentsArchive(collection: Collection, extension: string, report: ReportProgress): RenderedFile {
  const names = new UniqueFileNames(extension, [MANIFEST]);
  // eslint-disable-next-line @typescript-eslint/require-await -- the shape in which items are written
  return toArchive<JsonDocument>(collection, report, async function* ({ item, content, reportPages }) {
    yield toEntry(names.next(item.name ?? item.id), 1, content.text);
    reportPages(content.pageCount);
  });
}

function toArchive<Content extends Drawing | JsonDocument>(
  collection: Collection,
  report: ReportProgress,
  write: (opened: OpenedItem<Content>) => AsyncIterable<ZipEntry>,
): RenderedFile {
  const reader = new CollectionReader<Content>(collection, report);
  const files = new Map<string, string[]>();
  const entries = async function* (): AsyncGenerator<ZipEntry> {
    yield* reader.read(async function* (opened) {
      for await (const entry of write(opened)) {
        yield entry;
        files.set(opened.item.id, [...(files.get(opened.item.id) ?? []), entry.name]);
      }
    });
    const items = reader.outcomes.map((outcome) => toManifestItem(outcome, files.get(outcome.item.id) ?? []));
    const manifest = { formatVersion: MANIFEST_VERSION, [collection.itemsName]: items };
    yield toEntry(MANIFEST, 6, Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`));
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
