import { buffer } from 'node:stream/consumers';
import { Injectable } from '@nestjs/common';
import { locateStoredEntry, previewRows, type RowsPreview } from '../../../formats';
import type { Principal } from '../../../platform/auth/principal';
import { DomainError } from '../../../platform/errors/domain-error';
import type { ByteRange } from '../../../platform/storage/file-storage';
import { type DownloadableFile, type Export, ExportFiles, ExportService } from '../../../export';
import { ExportSources } from '../../../export/sources';
import { PreviewLog } from '../domain/interfaces/preview-log';
import { PictureShrinker } from '../domain/interfaces/picture-shrinker';
import { ExportParts } from '../../../production';

/** Bytes of text; a compressed file is read as far. */
const MAX_ROWS_BYTES = 2 * 1024 * 1024;
/** Enough for fifty usual rows. */
const FIRST_RANGE_BYTES = 64 * 1024;
const RANGE_GROWTH = 4;

/** The size of a picture of a page, in pixels. */
const MAX_SIDE = 640;
/** The largest drawn page or board that is read for a picture. */
const MAX_PAGE_BYTES = 25 * 1024 * 1024;

/** A finished file that may be previewed. */
export interface PreviewableExport {
  readonly export: Export;
  readonly file: DownloadableFile;
}

/** Shows what is in a file without a download: its first rows, or a small picture of a page. */
@Injectable()
export class ExportPreviews {
  /** One picture at a time: pages may have many megabytes. */
  private turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly exports: ExportService,
    private readonly files: ExportFiles,
    private readonly parts: ExportParts,
    private readonly sources: ExportSources,
    private readonly pictures: PictureShrinker,
    private readonly log: PreviewLog,
  ) {}

  /** @throws DomainError not-found | conflict while it is unfinished, and for one-time files | gone */
  async find(exportId: string, owner: Principal): Promise<PreviewableExport> {
    const found = await this.exports.get(exportId, owner);
    const file = found.partCount === null ? this.files.fileOf(found) : await this.parts.fileOf(found, 1);
    if (file.oneTime) {
      throw unsupported('A one-time file has no preview: it can be read once, by its download. Download the file.');
    }
    return { export: found, file };
  }

  /** @throws DomainError conflict for a file without rows that can be previewed | gone */
  async readRows({ export: source, file }: PreviewableExport, maxRows: number, by: Principal): Promise<RowsPreview> {
    const { format, options } = source;
    const { contentType } = file;
    const size = Math.min(file.size, MAX_ROWS_BYTES);
    const written = { format, contentType, options, start: this.start(file, size), isWhole: size === file.size };
    const preview = previewRows(written, { maxRows, maxBytes: MAX_ROWS_BYTES });
    if (!preview) {
      throw unsupported(
        'Only a CSV of one table and an NDJSON file, also compressed, have a preview of rows. Download the file.',
      );
    }
    const rows = await preview;
    await this.log.add(source, by);
    return rows;
  }

  /**
   * A page as a PNG of at most 640 pixels a side. A drawn page is read from the file and made smaller; what is no picture
   * is drawn again from the board.
   * @param number counted from 1
   * @throws DomainError not-found | conflict | gone, and what prevents a drawing
   */
  async readPage(
    { export: source, file }: PreviewableExport,
    number: number,
    by: Principal,
    signal: AbortSignal,
  ): Promise<Uint8Array> {
    const { pageCount } = source;
    if (!this.sources.hasPages(source) || pageCount === null) {
      throw unsupported('Only exports of boards have pictures of their pages. Download the file.');
    }
    if (number > pageCount) {
      throw new DomainError('not-found', 'page-not-found', `The file has ${pageCount} pages, and no page ${number}`);
    }
    const page = { export: source, caller: by, number, maxSide: MAX_SIDE, signal };
    const png =
      source.format === 'png'
        ? await this.inTurn(signal, async () => {
            const drawn = await this.readAll(file, await this.findPage(file, number));
            return this.pictures.shrink(drawn, MAX_SIDE, signal);
          })
        : await this.sources.drawPage({ ...page, readFile: () => this.readAll(file, wholeOf(file)) });
    await this.log.add(source, by, number);
    return png;
  }

  private async findPage(file: DownloadableFile, number: number): Promise<ByteRange> {
    if (file.contentType !== 'application/zip') return wholeOf(file);
    const read = (range: ByteRange) => this.readAll(file, range);
    const entry = await locateStoredEntry(number - 1, file.size, read);
    if (!entry) throw new Error(`The zip lacks page ${number}`);
    return entry;
  }

  private async readAll(file: DownloadableFile, range: ByteRange): Promise<Buffer> {
    if (range.end - range.start >= MAX_PAGE_BYTES)
      throw unsupported('The page is too large for a picture. Download the file.');
    return buffer(this.files.read(file, range));
  }

  /** The first bytes of a file, in ranges that grow while more is read. */
  private async *start(file: DownloadableFile, size: number): AsyncGenerator<Buffer> {
    let length = FIRST_RANGE_BYTES;
    for (let start = 0; start < size; start += length, length *= RANGE_GROWTH) {
      yield* this.files.read(file, { start, end: Math.min(start + length, size) - 1 });
    }
  }

  private inTurn<Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
    const result = this.turn.then(() => {
      signal.throwIfAborted();
      return work();
    });
    this.turn = result.catch(() => undefined);
    return result;
  }
}

function wholeOf({ size }: DownloadableFile): ByteRange {
  return { start: 0, end: size - 1 };
}

function unsupported(message: string): DomainError {
  return new DomainError('conflict', 'preview-unsupported', message);
}
