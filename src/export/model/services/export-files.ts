import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { LinkSigner } from '../../../platform/auth/link-signer';
import type { Principal } from '../../../platform/auth/principal';
import { DomainError } from '../../../platform/errors/domain-error';
import { type ByteRange, FileNotFoundError, FileStorage } from '../../../platform/storage/file-storage';
import type { Export } from '../domain/export';
import { isFinished } from '../domain/export-status';
import { ExportRepository } from '../domain/interfaces/export.repository';
import { type OpenStored, ZippedFiles } from '../domain/interfaces/zipped-files';
import { getExport } from './export.service';

/** The file of a completed export. */
export interface DownloadableFile {
  readonly exportId: string;
  readonly key: string;
  readonly name: string;
  readonly contentType: string;
  /** Bytes. */
  readonly size: number;
  /** Lower-case hex. */
  readonly sha256: string;
  /** Its first complete download deletes it. */
  readonly oneTime: boolean;
  /** Its number, if it is one of several. */
  readonly part?: number;
  /** The time that the entries of a zip show which is made of stored files while it is read; `null` for a stored file. */
  readonly zippedAt: Date | null;
}

/** The largest JSON file that is embedded in a response. */
const MAX_INLINE_BYTES = 5 * 1024 * 1024;
const REDIRECT_LIFETIME_SECONDS = 300;
const UNFINISHED_RETRY_SECONDS = 1;

/** A JSON file to embed in a response. */
export interface InlineJson {
  readonly body: Readable;
  /** Bytes. */
  readonly size: number;
}

/** The path that links to the file sign. */
function linkPath({ id, oneTime }: Export): string {
  return oneTime ? `/api/v1/export/${id}` : `/api/v1/exports/${id}/download`;
}

/** Finds, links and opens the files of completed exports. */
@Injectable()
export class ExportFiles {
  constructor(
    private readonly exports: ExportRepository,
    private readonly storage: FileStorage,
    private readonly links: LinkSigner,
    private readonly zips: ZippedFiles,
  ) {}

  /** A fresh link that works without a header; `null` while there is no file. */
  linkTo(source: Export): string | null {
    return source.object && this.links.sign(linkPath(source));
  }

  /** A link that works until the file is deleted, for messages that are read later; `null` while there is no file. */
  lastingLinkTo(source: Export): string | null {
    const { object, expiresAt } = source;
    return object && expiresAt && this.links.signUntil(linkPath(source), expiresAt);
  }

  /**
   * @param owner `null` for the bearer of a link, which proves access
   * @throws DomainError not-found | conflict while it is unfinished | gone
   */
  async find(exportId: string, owner: Principal | null): Promise<DownloadableFile> {
    return this.fileOf(await getExport(this.exports, exportId, owner));
  }

  /** @throws DomainError conflict while it is unfinished | gone */
  fileOf(found: Export): DownloadableFile {
    const { id, object, fileName, fileSize, sha256, oneTime, partCount, completedAt } = found;
    if (object && fileName !== null && fileSize !== null && sha256 !== null) {
      const zippedAt = partCount === null ? null : completedAt;
      return { exportId: id, ...object, name: fileName, size: fileSize, sha256, oneTime, zippedAt };
    }
    if (found.downloadedAt) throw downloadedError();
    if (found.status === 'expired') throw goneError();
    if (!isFinished(found.status)) throw unfinishedError();
    throw new DomainError('conflict', 'export-has-no-file', `The export is ${found.status} and has no file`);
  }

  /** @throws DomainError gone, when the object is missing from storage */
  async open(file: DownloadableFile, range?: ByteRange): Promise<Readable> {
    if (!file.zippedAt) return unlessGone(this.storage.open(file.key, range));
    const bytes = await this.openZip(file, file.zippedAt, (key, part) => this.storage.open(key, part), range);
    return Readable.from(bytes, { objectMode: false });
  }

  /**
   * Opens a file whose chunks are valid only until the next one is taken.
   * @throws DomainError gone, when the object is missing from storage
   */
  openForSending(file: DownloadableFile, range?: ByteRange): Promise<AsyncIterable<Buffer>> {
    if (!file.zippedAt) return unlessGone(this.storage.openForSending(file.key, range));
    return this.openZip(file, file.zippedAt, (key, part) => this.storage.openForSending(key, part), range);
  }

  private openZip(
    { exportId, size }: DownloadableFile,
    zippedAt: Date,
    open: OpenStored,
    range: ByteRange = { start: 0, end: size - 1 },
  ): Promise<AsyncIterable<Buffer>> {
    return unlessGone(this.zips.open(exportId, zippedAt, open, range));
  }

  /** Reads a range of a file. @throws DomainError gone | Error when the file is too short */
  async *read(file: DownloadableFile, range: ByteRange): AsyncGenerator<Buffer> {
    yield* exactly(await this.open(file, range), range.end - range.start + 1);
  }

  /** The file of a board as JSON, if it is small; `null` for other files, and while storage fails: the link remains. */
  async openInline({ kind, format, object, fileSize, oneTime }: Export): Promise<InlineJson | null> {
    if (kind !== 'board' || format !== 'json' || oneTime) return null;
    if (!object || fileSize === null || fileSize > MAX_INLINE_BYTES) return null;
    const body = await this.storage.open(object.key).catch(() => null);
    return body && { body, size: fileSize };
  }

  /** A signed URL of the storage, or `null` when the service itself sends the bytes. */
  async redirectTo({ key, name, contentType, zippedAt }: DownloadableFile): Promise<string | null> {
    if (zippedAt) return null;
    return this.storage.link(key, { fileName: name, contentType, expiresInSeconds: REDIRECT_LIFETIME_SECONDS });
  }
}

/**
 * Ends with the last byte instead of with the source, which may end later: the client may be gone by then.
 * @throws when the source has fewer bytes
 */
export async function* exactly(source: AsyncIterable<Buffer>, length: number): AsyncGenerator<Buffer> {
  let left = length;
  for await (const chunk of source) {
    left -= chunk.length;
    yield chunk;
    if (left <= 0) return;
  }
  if (left > 0) throw new Error(`The stored file is ${left} bytes too short`);
}

async function unlessGone<Opened>(opening: Promise<Opened>): Promise<Opened> {
  try {
    return await opening;
  } catch (error) {
    throw error instanceof FileNotFoundError ? goneError() : error;
  }
}

function goneError(): DomainError {
  return new DomainError('gone', 'export-file-gone', 'The file of this export has expired. Ask for a new export.');
}

function downloadedError(): DomainError {
  const message = 'The file of this export has been downloaded, which was possible once. Ask for a new export.';
  return new DomainError('gone', 'export-file-given-out', message);
}

export function unfinishedError(): DomainError {
  const details = { retryAfterSeconds: UNFINISHED_RETRY_SECONDS };
  return new DomainError('conflict', 'export-has-no-file', 'The export is not finished yet', details);
}
