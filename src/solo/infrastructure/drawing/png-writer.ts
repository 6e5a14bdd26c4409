import type { ExportWarning } from '../../../formats';
import { setImmediate } from 'node:timers/promises';
import { createCanvas, type Canvas, type SKRSContext2D } from '@napi-rs/canvas';
import sharp from 'sharp';
import type { Page, Size } from '../../model/board/board';
import { possiblePixelRatio } from '../../model/board/drawing-cost';
import { type Picture, wantedPixelRatio } from '../../model/domain/picture';
import { collectGarbage } from './garbage';
import type { ImageLibrary } from './image-library';
import { paintPage, paintPaper } from './page-painter';

export type PngPicture = Extract<Picture, { format: 'png' }>;

/** Level 3 is where PNG files stop getting much smaller and start to take much longer. */
const COMPRESSION_LEVEL = 3;
/** Larger pages are drawn and encoded one at a time, so that they do not add up in memory. */
const LARGE_PAGE_PIXELS = 9_000_000;

/** Asks for the turn to have a large page in memory. */
export interface LargePages {
  acquire(): Promise<void>;
  release(): void;
}

/** Paints pages one after the other on the same canvas, and encodes them beside. */
export class PngWriter {
  private readonly canvas: Canvas = createCanvas(1, 1);

  constructor(
    private readonly picture: PngPicture,
    private readonly images: ImageLibrary,
    private readonly largePages: LargePages,
    private readonly warn: (warning: ExportWarning) => void,
  ) {}

  /**
   * Paints a page.
   * @param number the page's, counted from 1, for warnings
   * @returns its PNG file, once it is encoded
   */
  async write(page: Page, number: number): Promise<{ file: Promise<Uint8Array> }> {
    const ratio = this.ratioOf(page, number);
    const { width, height } = this.sizeOf(page, ratio);
    await this.images.prepare(page, { ratio, vector: false });
    if (width * height > LARGE_PAGE_PIXELS) return this.writeAlone(page, ratio, width, height);
    return { file: this.encode(this.paint(page, ratio, width, height), width, height) };
  }

  private async writeAlone(
    page: Page,
    ratio: number,
    width: number,
    height: number,
  ): Promise<{ file: Promise<Uint8Array> }> {
    await this.largePages.acquire();
    try {
      const file = this.paintAndEncode(page, ratio, width, height);
      await file.catch(() => null);
      return { file };
    } finally {
      collectGarbage();
      // Native memory is given back between two turns of the event loop.
      await setImmediate();
      this.largePages.release();
    }
  }

  private paintAndEncode(page: Page, ratio: number, width: number, height: number): Promise<Uint8Array> {
    const pixels = this.paint(page, ratio, width, height);
    // From here on, the page is in memory once.
    this.resize(1, 1);
    return this.encode(pixels, width, height);
  }

  private paint(page: Page, ratio: number, width: number, height: number): Buffer {
    this.resize(width, height);
    const context = this.canvas.getContext('2d');
    const { background, scale } = this.picture;
    const hasPaper = background === 'white';
    // Around a page that is fitted into a frame, too.
    if (hasPaper) paintPaper(context, page, { width, height });
    if ('frame' in scale) placeInFrame(context, page, ratio);
    context.scale(ratio, ratio);
    paintPage(page, { surface: { context, vector: false, ratio }, images: this.images.get });
    if (hasPaper) return this.canvas.data();
    const { data } = context.getImageData(0, 0, width, height);
    return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  }

  /** Setting a size clears the canvas; a new canvas each would pile up until the garbage is collected. */
  private resize(width: number, height: number): void {
    this.canvas.width = width;
    this.canvas.height = height;
  }

  /** An opaque picture needs no alpha channel, which makes its file smaller. */
  private async encode(pixels: Buffer, width: number, height: number): Promise<Uint8Array> {
    const image = sharp(pixels, { raw: { width, height, channels: 4 }, limitInputPixels: false });
    const flat = this.picture.background === 'white' ? image.removeAlpha() : image;
    return flat.png({ compressionLevel: COMPRESSION_LEVEL }).toBuffer();
  }

  private sizeOf({ size }: Page, ratio: number): Size {
    const { scale } = this.picture;
    if ('frame' in scale) return scale.frame;
    // The epsilon keeps 920 × 1.1 from losing a pixel to binary fractions.
    const pixels = (side: number) => Math.max(1, Math.floor(side * ratio + 1e-6));
    return { width: pixels(size.width), height: pixels(size.height) };
  }

  private ratioOf({ size }: Page, number: number): number {
    const wanted = wantedPixelRatio(this.picture, size);
    if (!(wanted > 0)) throw new RangeError(`A picture cannot be drawn at the scale ${wanted}`);
    const possible = possiblePixelRatio(size, wanted);
    if (possible < wanted) {
      const text = `Page ${number} was drawn at the pixel ratio ${possible}: at ${wanted} it would be too large.`;
      this.warn({ code: 'pixel-ratio-reduced', text });
    }
    return possible;
  }
}

/** Centres the page by whole pixels, to which images are aligned. What is drawn beyond its edges is not seen on screen. */
function placeInFrame(context: SKRSContext2D, { size }: Page, ratio: number): void {
  const { width, height } = context.canvas;
  const [pageWidth, pageHeight] = [size.width * ratio, size.height * ratio];
  context.translate(Math.round((width - pageWidth) / 2), Math.round((height - pageHeight) / 2));
  context.beginPath();
  context.rect(0, 0, pageWidth, pageHeight);
  context.clip();
}
