import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { Injectable, Logger } from '@nestjs/common';
import type { Principal } from '../../../platform/auth/principal';
import { digestOf } from '../../../platform/digest/block-digest';
import { DomainError } from '../../../platform/errors/domain-error';
import { FileStorage } from '../../../platform/storage/file-storage';
import { type Export, ExportService } from '../../../export';
import { PictureInspector } from '../domain/interfaces/picture-inspector';
import { PictureRepository } from '../domain/interfaces/picture.repository';
import { ProductionMetrics } from './production-metrics';

/** The prefix of uploaded pictures. They are apart from the attempts' files, which a new attempt removes. */
export const UPLOADED_PICTURES = 'pictures/';

/** The prefix of the pictures that were uploaded for one export. */
export function picturePrefix(exportId: string): string {
  return `${UPLOADED_PICTURES}${exportId}/`;
}

/** Stores a picture that the front end drew, instead of one that the service draws. */
@Injectable()
export class UploadedPictureService {
  private readonly logger = new Logger(UploadedPictureService.name);

  constructor(
    private readonly exports: ExportService,
    private readonly pictures: PictureRepository,
    private readonly storage: FileStorage,
    private readonly inspector: PictureInspector,
    private readonly metrics: ProductionMetrics,
  ) {}

  /**
   * @param png the whole file
   * @throws DomainError not-found | invalid when it is not a valid PNG | conflict when the export accepts no picture
   */
  async store(exportId: string, png: Buffer, owner: Principal): Promise<Export> {
    const request = await this.exports.get(exportId, owner);
    if (request.format !== 'png') {
      throw new DomainError(
        'conflict',
        'export-takes-no-picture',
        'Only a PNG export accepts a picture. Create a PNG export.',
      );
    }
    await this.inspector.assertSoundPng(png);
    const key = `${picturePrefix(request.id)}${randomUUID()}.png`;
    const contentType = 'image/png';
    await this.storage.put(key, Readable.from([png]), { contentType });
    const name = request.fileName?.replace(/\.zip$/, '.png') ?? 'board.png';
    const { bytes: size, sha256, blocks } = digestOf(png);
    const file = {
      object: { key, contentType },
      name,
      contentType,
      size,
      sha256,
      blocks,
      recordCount: null,
      pageCount: 1,
      read: null,
      warnings: [],
      facts: { title: name.replace(/\.png$/, ''), snapshot: null, tables: [] },
    };
    const outcome = await this.pictures.replaceFile(request.id, file, owner);
    if (!outcome) {
      await this.discard(key);
      throw new DomainError(
        'conflict',
        'export-has-ended',
        'The export has ended and accepts no picture. Create a new export.',
      );
    }
    if (request.status !== 'completed') this.metrics.completed(outcome.export, file, null);
    if (outcome.replaced) await this.discard(outcome.replaced.key);
    return outcome.export;
  }

  private async discard(key: string): Promise<void> {
    await this.storage.delete(key).catch((error: unknown) => {
      this.logger.warn('A picture could not be deleted; the collector of orphaned files deletes it later', {
        event: 'export.picture_not_deleted',
        key,
        reason: String(error),
      });
    });
  }
}
