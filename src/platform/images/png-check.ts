import sharp from 'sharp';
import { ImageRefusedError } from './image-refused-error';

/**
 * Decodes a PNG file to its last pixel: only that shows that every pixel is there.
 * @throws ImageRefusedError
 */
export async function checkPng(bytes: Uint8Array, maxSide: number): Promise<void> {
  try {
    const image = sharp(bytes, { limitInputPixels: maxSide * maxSide, failOn: 'truncated' });
    const { width, height } = await image.metadata();
    if (Math.max(width, height) > maxSide) throw new ImageRefusedError(`is larger than ${maxSide} pixels a side`);
    await image.stats();
  } catch (error) {
    if (error instanceof ImageRefusedError) throw error;
    throw new ImageRefusedError('cannot be decoded');
  }
}
