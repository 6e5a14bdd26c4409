import { Injectable } from '@nestjs/common';
import { type PlacedEntry, placeAfter, readStoredZip, type StoredZip } from '../../../formats';
import type { ByteRange } from '../../../platform/storage/file-storage';
import { ExportFileRepository } from '../domain/interfaces/export-file.repository';
import { ManifestRepository } from '../domain/interfaces/manifest.repository';
import type { PublishedFile } from '../domain/part';
import { toManifestEntry } from '../domain/zip-of-parts';

/** How many files are in memory at once. */
const PAGE_SIZE = 500;

/** Opens a range of a stored file. */
export type OpenStored = (key: string, range: ByteRange) => Promise<AsyncIterable<Buffer>>;

/** Reads the zip of the files of an export, which is stored nowhere: from the files and the manifest, its last entry. */
@Injectable()
export class ExportZip {
  constructor(
    private readonly files: ExportFileRepository,
    private readonly manifests: ManifestRepository,
  ) {}

  /**
   * @param modifiedAt the time that all entries show; with the same time, the zip has the same bytes
   * @throws FileNotFoundError when a file is missing from storage
   */
  read(exportId: string, modifiedAt: Date, open: OpenStored, range: ByteRange): AsyncGenerator<Buffer> {
    const zip: StoredZip = {
      modifiedAt,
      entriesAt: (position) => this.entriesAt(exportId, position),
      open: (entry, part) => this.open(exportId, entry, part, open),
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

  private async *open(
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
