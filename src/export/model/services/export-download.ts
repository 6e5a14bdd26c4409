import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import { LinkSigner } from '../../../platform/auth/link-signer';
import type { Party } from '../../../platform/auth/caller';
import { DomainError } from '../../../platform/errors/domain-error';
import { type ByteRange, FileNotFoundError, FileStorage } from '../../../platform/storage/file-storage';
import type { Export } from '../domain/export';
import { isFinished } from '../domain/export-status';
import { ExportRepository } from '../domain/interfaces/export.repository';

/** A file that is there to be fetched. */
export interface DownloadableFile {
  readonly exportId: string;
  readonly key: string;
  readonly name: string;
  readonly contentType: string;
  readonly size: number;
  readonly sha256: string;
}

const REDIRECT_LIFETIME_SECONDS = 300;

/** The one path under which an export's file is fetched, and that its links sign. */
function downloadPath(exportId: string): string {
  return `/api/v1/exports/${exportId}/download`;
}

/** Hands out the files of completed exports. */
@Injectable()
export class ExportDownload {
  constructor(
    private readonly exports: ExportRepository,
    private readonly storage: FileStorage,
    private readonly links: LinkSigner,
  ) {}

  /** A fresh link that a browser can follow without a header, or `null` while there is no file. */
  linkTo({ id, object }: Export): string | null {
    return object && this.links.sign(downloadPath(id));
  }

  /**
   * @param owner whose export it must be; `null` for the bearer of a link, who proved that we gave it away
   * @throws DomainError not-found | conflict while it is unfinished | gone
   */
  async find(exportId: string, owner: Party | null): Promise<DownloadableFile> {
    const found = isUUID(exportId) ? await this.findExport(exportId, owner) : null;
    if (!found) throw DomainError.notFound('Export');
    const { id, object, fileName, fileSize, sha256 } = found;
    if (object && fileName !== null && fileSize !== null && sha256 !== null) {
      return { exportId: id, ...object, name: fileName, size: fileSize, sha256 };
    }
    if (found.status === 'expired') throw goneError();
    throw new DomainError(
      'conflict',
      'export-has-no-file',
      isFinished(found.status) ? `The export is ${found.status} and has no file` : 'The export is not finished yet',
    );
  }

  /** @throws DomainError gone, when storage lost or just gave up the object */
  async open(file: DownloadableFile, range?: ByteRange): Promise<Readable> {
    try {
      return await this.storage.open(file.key, range);
    } catch (error) {
      if (error instanceof FileNotFoundError) throw goneError();
      throw error;
    }
  }

  /** Where storage itself hands the file out, or `null` when we carry the bytes. */
  redirectTo({ key, name, contentType }: DownloadableFile): Promise<string | null> {
    return this.storage.link(key, { fileName: name, contentType, expiresInSeconds: REDIRECT_LIFETIME_SECONDS });
  }

  recordDownload({ exportId }: DownloadableFile, by: Party | null): Promise<void> {
    return this.exports.recordDownload(exportId, by);
  }

  private findExport(id: string, owner: Party | null): Promise<Export | null> {
    return owner ? this.exports.findOwned(id, owner) : this.exports.find(id);
  }
}

function goneError(): DomainError {
  return new DomainError('gone', 'export-file-gone', 'The file of this export has expired. Ask for a new export.');
}
