import { Injectable } from '@nestjs/common';
import { LinkSigner } from '../../../platform/auth/link-signer';
import type { Principal } from '../../../platform/auth/principal';
import { DomainError } from '../../../platform/errors/domain-error';
import { type DownloadableFile, type Export, ExportFiles, ExportService } from '../../../export';
import { ExportFileRepository } from '../domain/interfaces/export-file.repository';
import type { PublishedFile } from '../domain/part';

/** The path that links to one of several files sign. */
function partLinkPath(exportId: string, number: number): string {
  return `/api/v1/exports/${exportId}/parts/${number}/download`;
}

/** One of the files of an export, with a link that works without a header. */
export interface LinkedPart extends PublishedFile {
  readonly fileUrl: string;
}

/** Finds and links the files of completed exports that consist of several. */
@Injectable()
export class ExportParts {
  constructor(
    private readonly exports: ExportService,
    private readonly files: ExportFiles,
    private readonly parts: ExportFileRepository,
    private readonly links: LinkSigner,
  ) {}

  /**
   * Some of the files of an export, in order, with links; all but one-time files have one.
   * @param owner `null` for the bearer of a link
   * @param after the number before the first one
   * @throws DomainError not-found | conflict while it is unfinished, and for a single file | gone
   */
  async list(
    exportId: string,
    owner: Principal | null,
    after: number,
    limit: number,
  ): Promise<{ readonly count: number; readonly parts: readonly LinkedPart[] }> {
    const found = await this.exports.get(exportId, owner);
    this.files.fileOf(found);
    if (found.partCount === null) throw notDividedError();
    const parts = await this.parts.list(exportId, after, limit);
    const linked = parts.map((part) => ({ ...part, fileUrl: this.links.sign(partLinkPath(exportId, part.number)) }));
    return { count: found.partCount, parts: linked };
  }

  /** @throws DomainError not-found | conflict while it is unfinished, and for a single file | gone */
  async find(exportId: string, number: number, owner: Principal | null): Promise<DownloadableFile> {
    return this.fileOf(await this.exports.get(exportId, owner), number);
  }

  /** @throws DomainError not-found | conflict while it is unfinished, and for a single file | gone */
  async fileOf(found: Export, number: number): Promise<DownloadableFile> {
    const { exportId } = this.files.fileOf(found);
    if (found.partCount === null) throw notDividedError();
    const part = await this.parts.find(exportId, number);
    if (!part) throw new DomainError('not-found', 'part-not-found', `The export has no file ${number}`);
    const { key, contentType, size, sha256 } = part;
    // The folder is not part of the name of a download.
    const name = part.name.slice(part.name.lastIndexOf('/') + 1);
    return { exportId, key, name, contentType, size, sha256, oneTime: false, part: number, zippedAt: null };
  }
}

function notDividedError(): DomainError {
  const message = 'The export is a single file. Use its file_url.';
  return new DomainError('conflict', 'export-not-divided', message);
}
