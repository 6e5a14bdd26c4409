import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import type { Export } from '../domain/export';
import { ExportRepository } from '../domain/interfaces/export.repository';
import { ManifestRepository } from '../domain/interfaces/manifest.repository';
import type { SealedManifest } from '../domain/manifest/manifest';
import type { PublishedFile } from '../domain/part';
import type { Principal } from '../../../platform/auth/principal';
import { ExportFiles } from './export-files';
import { getExport } from './export.service';

const PARTS_AT_ONCE = 500;

/** What deliveries may ask of exports. */
@Injectable()
export class ExportsForDelivery {
  constructor(
    private readonly records: ExportRepository,
    private readonly files: ExportFiles,
    private readonly manifests: ManifestRepository,
  ) {}

  /** @throws DomainError not-found, also for an export of another owner */
  get(exportId: string, owner: Principal): Promise<Export> {
    return getExport(this.records, exportId, owner);
  }

  find(exportId: string): Promise<Export | null> {
    return this.records.find(exportId);
  }

  /** A link for as long as there is a file, for who reads it when they find the time; `null` where there is no file. */
  lastingLinkTo(source: Export): string | null {
    return this.files.lastingLinkTo(source);
  }

  /** The manifest of a completed export; `null` if an earlier version completed it. */
  manifestOf({ id }: Export): Promise<SealedManifest | null> {
    return this.manifests.find(id);
  }

  /** The files of a completed export that consists of several, in order. */
  async *partsOf({ id, partCount }: Export): AsyncGenerator<PublishedFile> {
    for (let after = 0; after < (partCount ?? 0); after += PARTS_AT_ONCE) {
      yield* (await this.files.listParts(id, null, after, PARTS_AT_ONCE)).parts;
    }
  }

  /** The bytes of one of several files. @throws DomainError gone | not-found */
  async openPart(source: Export, number: number): Promise<Readable> {
    return this.files.open(await this.files.findPart(source.id, number, null));
  }

  /**
   * The bytes of a completed export's file.
   * @throws DomainError gone | conflict
   */
  async open(source: Export): Promise<Readable> {
    return this.files.open(await this.files.find(source.id, null));
  }
}
