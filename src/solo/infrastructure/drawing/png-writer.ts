import { createCanvas, type Canvas } from '@napi-rs/canvas';
import sharp from 'sharp';
import type { Page } from '../../model/board/board';
import type { Picture } from '../../model/domain/picture';
import type { ImageLibrary } from './image-library';
import { paintPage } from './page-painter';

export type PngPicture = Extract<Picture, { format: 'png' }>;

/** One canvas takes four bytes a pixel, and a page may need two. */
const MAX_CANVAS_PIXELS = 8192 * 8192;
/** Level 3 is where PNG files stop getting much smaller and start to take much longer. */
const COMPRESSION_LEVEL = 3;
/** Larger pages are encoded before the next one is begun, so that they do not add up in memory. */
const MAX_PIXELS_ENCODED_ASIDE = 16_000_000;

/** Paints pages one after the other on the same canvas, and encodes them beside. */
export class PngWriter {
  private readonly canvas: Canvas = createCanvas(1, 1);

  constructor(
    private readonly picture: PngPicture,
    private readonly images: ImageLibrary,
    private readonly warn: (text: string) => void,
  ) {}

  /**
   * Paints a page.
   * @param number the page's, counted from 1, for warnings
   * @returns its PNG file, once it is encoded
   */
  async write(page: Page, number: number): Promise<{ file: Promise<Uint8Array> }> {
    const ratio = this.ratioOf(page, number);
    // The epsilon keeps 920 × 1.1 from losing a pixel to binary fractions.
    const width = Math.max(1, Math.floor(page.size.width * ratio + 1e-6));
    const height = Math.max(1, Math.floor(page.size.height * ratio + 1e-6));
    await this.images.prepare(page, { ratio, vector: false });
    const pixels = this.paint(page, ratio, width, height);
    const file = encode(pixels, width, height, this.picture.background === 'white');
    if (width * height > MAX_PIXELS_ENCODED_ASIDE) await file.catch(() => null);
    return { file };
  }

  private paint(page: Page, ratio: number, width: number, height: number): Buffer {
    // Setting a size clears the canvas; a new canvas each would pile up until the garbage is collected.
    this.canvas.width = width;
    this.canvas.height = height;
    const context = this.canvas.getContext('2d');
    context.scale(ratio, ratio);
    const surface = { context, vector: false, ratio };
    const paper = this.picture.background === 'white';
    paintPage(page, { surface, images: this.images.get, paper });
    if (paper) return this.canvas.data();
    const { data } = context.getImageData(0, 0, width, height);
    return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  }

  private ratioOf({ size }: Page, number: number): number {
    const { scale } = this.picture;
    const wanted = 'pixelRatio' in scale ? scale.pixelRatio : scale.width / size.width;
    const most = Math.sqrt(MAX_CANVAS_PIXELS / (size.width * size.height));
    if (!(wanted > 0)) throw new RangeError(`A picture cannot be drawn at the scale ${wanted}`);
    if (wanted <= most) return wanted;
    const lowered = Math.floor(most * 100) / 100;
    this.warn(`Page ${number} was drawn at the pixel ratio ${lowered}: at ${wanted} it would be too large.`);
    return lowered;
  }
}

/** An opaque picture needs no alpha channel, which makes its file smaller. */
async function encode(pixels: Buffer, width: number, height: number, opaque: boolean): Promise<Uint8Array> {
  const image = sharp(pixels, { raw: { width, height, channels: 4 }, limitInputPixels: false });
  const flat = opaque ? image.removeAlpha() : image;
  return flat.png({ compressionLevel: COMPRESSION_LEVEL }).toBuffer();
}
