import { Injectable } from '@nestjs/common';
import { DomainError } from '../../platform/errors/domain-error';
import { ImageProcesses } from '../../platform/images/image-processes';
import { ImageRefusedError } from '../../platform/images/image-protocol';
import { PictureShrinker } from '../model/domain/interfaces/picture-shrinker';

/** Of a drawn page and of an uploaded picture. */
const MAX_SIDE = 8192;

@Injectable()
export class ImageProcessPictureShrinker extends PictureShrinker {
  constructor(private readonly images: ImageProcesses) {
    super();
  }

  override async shrink(png: Buffer, maxSide: number, signal: AbortSignal): Promise<Uint8Array> {
    try {
      return await this.images.shrinkPng(png, { maxSide: MAX_SIDE, targetSide: maxSide }, signal);
    } catch (error) {
      if (!(error instanceof ImageRefusedError)) throw error;
      const reason = error.message.replace(/^it /, '');
      const message = `There is no picture of the page, because it ${reason}. Download the file.`;
      throw new DomainError('conflict', 'preview-unsupported', message);
    }
  }
}
