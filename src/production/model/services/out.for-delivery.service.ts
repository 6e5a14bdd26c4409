import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { type Export, ExportFiles } from '../../../export';
import { ManifestRepository } from '../domain/interfaces/manifest.repository';
import type { SealedManifest } from '../domain/manifest/manifest';
import type { PublishedFile } from '../domain/part';
import { ExportParts } from './export-parts';

const PARTS_AT_ONCE = 500;

/** What deliveries may ask of manifests and of the files of exports that consist of several. */
@Injectable()
export class ProductionForDelivery {
  constructor(
    private readonly manifests: ManifestRepository,
    private readonly parts: ExportParts,
    private readonly files: ExportFiles,
  ) {}

  /** The manifest of a completed export; `null` if an earlier version completed it. */
  manifestOf({ id }: Export): Promise<SealedManifest | null> {
    return this.manifests.find(id);
  }

  /** The files of a completed export that consists of several, in order. */
  async *partsOf({ id, partCount }: Export): AsyncGenerator<PublishedFile> {
    for (let after = 0; after < (partCount ?? 0); after += PARTS_AT_ONCE) {
      yield* (await this.parts.list(id, null, after, PARTS_AT_ONCE)).parts;
    }
  }

  /** The bytes of one of several files. @throws DomainError gone | not-found */
  async openPart(source: Export, number: number): Promise<Readable> {
    return this.files.open(await this.parts.find(source.id, number, null));
  }
}
