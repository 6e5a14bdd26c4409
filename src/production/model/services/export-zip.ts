import { Injectable } from '@nestjs/common';
import { type PlacedEntry, placeAfter, readStoredZip, type StoredZip } from '../../../formats';
import { type ByteRange, FileNotFoundError, FileStorage } from '../../../platform/storage/file-storage';
import { type OpenStored, ZippedFiles } from '../../../export';
import { objectPrefix } from '../../../export/sources';
import { ExportFileRepository } from '../domain/interfaces/export-file.repository';
import { ManifestRepository } from '../domain/interfaces/manifest.repository';
import type { PublishedFile } from '../domain/part';
import { toManifestEntry } from '../domain/zip-of-parts';

/** How many files are in memory at once. */
const PAGE_SIZE = 500;

/** Reads the zip of the files of an export from the files and the manifest, its last entry. */
@Injectable()
export class ExportZip extends ZippedFiles {
  constructor(
    private readonly files: ExportFileRepository,
    private readonly manifests: ManifestRepository,
    private readonly storage: FileStorage,
  ) {
    super();
  }

  override async open(
    exportId: string,
    modifiedAt: Date,
    open: OpenStored,
    range: ByteRange,
  ): Promise<AsyncIterable<Buffer>> {
    const [first] = await this.files.list(exportId, 0, 1);
    if (!first) throw new FileNotFoundError(objectPrefix(exportId));
    // While an error can still be a response.
    await this.storage.stat(first.key);
    const zip: StoredZip = {
      modifiedAt,
      entriesAt: (position) => this.entriesAt(exportId, position),
      open: (entry, part) => this.openEntry(exportId, entry, part, open),
    };
    return readStoredZip(zip, range);
  }

  private async *entriesAt(exportId: string, position: number): AsyncGenerator<PlacedEntry> {
    let last = await this.files.findAt(exportId, position);
    if (!last) throw new Error('The export has no files');
    yield last;
    for (;;) {
      const page: readonly PublishedFile[] = await this.files.list(exportId, last.number, PAGE_SIZE);
      yield* page;
      last = page.at(-1) ?? last;
      if (page.length < PAGE_SIZE) break;
    }
    yield placeAfter(last, toManifestEntry(await this.manifestOf(exportId)));
  }

  private async *openEntry(
    exportId: string,
    entry: PlacedEntry,
    range: ByteRange,
    open: OpenStored,
  ): AsyncGenerator<Buffer> {
    if ('key' in entry) {
      yield* await open((entry as PublishedFile).key, range);
      return;
    }
    yield Buffer.from(await this.manifestOf(exportId)).subarray(range.start, range.end + 1);
  }

  private async manifestOf(exportId: string): Promise<string> {
    const manifest = await this.manifests.find(exportId);
    if (!manifest) throw new Error('The export has no manifest');
    return manifest.text;
  }
}
