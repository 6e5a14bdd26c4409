import { Injectable } from '@nestjs/common';
import { DomainError } from '../../platform/errors/domain-error';
import { PictureInspector } from '../model/domain/interfaces/picture-inspector';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** The last chunk, without content, and its checksum: a PNG ends there, and nothing may hide behind it. */
const END = Buffer.from([0, 0, 0, 0, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82]);
const LONGEST_SIDE = 8192;

@Injectable()
export class SharpPictureInspector extends PictureInspector {
  override async assertSoundPng(bytes: Buffer): Promise<void> {
    if (!bytes.subarray(0, SIGNATURE.length).equals(SIGNATURE) || !bytes.subarray(-END.length).equals(END)) {
      throw notSound('is not a whole PNG file');
    }
    // Few requests send a picture; the others do without the library, which takes long to load.
    const { default: sharp } = await import('sharp');
    try {
      const image = sharp(bytes, { limitInputPixels: LONGEST_SIDE * LONGEST_SIDE, failOn: 'truncated' });
      const { width, height } = await image.metadata();
      if (Math.max(width, height) > LONGEST_SIDE) throw notSound(`is larger than ${LONGEST_SIDE} pixels a side`);
      // Only a whole decoding shows that every pixel is there.
      await image.stats();
    } catch (error) {
      if (error instanceof DomainError) throw error;
      throw notSound('cannot be decoded');
    }
  }
}

function notSound(message: string): DomainError {
  return DomainError.invalid('invalid-picture', `The picture ${message}`, { field: 'content', message });
}
