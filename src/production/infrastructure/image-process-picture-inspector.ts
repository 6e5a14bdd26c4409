import { Injectable } from '@nestjs/common';
import { DomainError } from '../../platform/errors/domain-error';
import { ImageProcesses } from '../../platform/images/image-processes';
import { ImageRefusedError } from '../../platform/images/image-protocol';
import { PictureInspector } from '../model/domain/interfaces/picture-inspector';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** The last chunk, without content, and its checksum: a PNG ends there, and nothing may hide behind it. */
const END = Buffer.from([0, 0, 0, 0, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82]);
const MAX_SIDE = 8192;

/** Decodes pictures in separate processes. */
@Injectable()
export class ImageProcessPictureInspector extends PictureInspector {
  constructor(private readonly images: ImageProcesses) {
    super();
  }

  override async assertSoundPng(bytes: Buffer): Promise<void> {
    if (!bytes.subarray(0, SIGNATURE.length).equals(SIGNATURE) || !bytes.subarray(-END.length).equals(END)) {
      throw notSound('is not a whole PNG file');
    }
    try {
      await this.images.checkPng(bytes, MAX_SIDE);
    } catch (error) {
      if (!(error instanceof ImageRefusedError)) throw error;
      // A limit says of an image that "it takes too long".
      throw notSound(error.message.replace(/^it /, ''));
    }
  }
}

function notSound(message: string): DomainError {
  return DomainError.invalid('invalid-picture', `The picture ${message}`, { field: 'content', message });
}
