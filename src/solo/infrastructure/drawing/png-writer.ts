import { setImmediate } from 'node:timers/promises';
import { createCanvas, type Canvas, type SKRSContext2D } from '@napi-rs/canvas';
import sharp from 'sharp';
import type { ExportWarning } from '../../../formats';
import type { Page, Size } from '../../model/board/board';
import { capPixelRatio } from '../../model/board/drawing-cost';
import { type Picture, requestedPixelRatio } from '../../model/domain/picture';
import { collectGarbage } from './garbage';
import type { ImageLibrary } from './image-library';
import { paintPage, paintPaper } from './page-painter';
import type { PaintBeneath } from './pattern-painter';

export type PngPicture = Extract<Picture, { format: 'png' }>;

/** Level 3 takes a quarter longer for files that are 3 % smaller, and level 1 makes them 70 % larger. */
const COMPRESSION_LEVEL = 2;
/** Larger pages are drawn and encoded one at a time to bound the memory. */
const LARGE_PAGE_PIXELS = 9_000_000;

/** The permit to have a large page in memory. */
export interface LargePages {
  acquire(): Promise<void>;
  release(): void;
}

/** Draws pages on one canvas, one after another, and encodes them in parallel. */
export class PngWriter {
  private readonly canvas: Canvas = createCanvas(1, 1);

  constructor(
    private readonly picture: PngPicture,
    private readonly images: ImageLibrary,
    private readonly largePages: LargePages,
    private readonly warn: (warning: ExportWarning) => void,
  ) {}

  /**
   * Draws a page.
   * @param number the page number for warnings, counted from 1
   * @returns a promise of the encoded PNG file
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
      // Native memory is freed between two turns of the event loop.
      await setImmediate();
      this.largePages.release();
    }
  }

  private paintAndEncode(page: Page, ratio: number, width: number, height: number): Promise<Uint8Array> {
    const pixels = this.paint(page, ratio, width, height);
    // From here on the page is in memory once.
    this.resize(1, 1);
    return this.encode(pixels, width, height);
  }

  private paint(page: Page, ratio: number, width: number, height: number): Buffer {
    this.resize(width, height);
    const context = this.canvas.getContext('2d');
    const { background, scale } = this.picture;
    const hasPaper = background === 'white';
    // In a frame, the background also fills the space around the page.
    const paper: PaintBeneath = (target, canvas) => {
      if (hasPaper) paintPaper(target, page, canvas);
    };
    paper(context, { width, height });
    if ('frame' in scale) placeInFrame(context, page, ratio);
    context.scale(ratio, ratio);
    paintPage(page, { surface: { kind: 'raster', context, ratio }, images: this.images.get, paper });
    if (hasPaper) return this.canvas.data();
    const { data } = context.getImageData(0, 0, width, height);
    return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  }

  /** Clears the canvas and reuses it: canvases would pile up until the next garbage collection. */
  private resize(width: number, height: number): void {
    const { canvas } = this;
    // Each new size allocates the canvas again.
    if (canvas.width === width && canvas.height === height) canvas.getContext('2d').reset();
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
  }

  /** An opaque picture keeps its alpha channel: removing it takes a fifth of the encoder's time, for files 2 % smaller. */
  private async encode(pixels: Buffer, width: number, height: number): Promise<Uint8Array> {
    const image = sharp(pixels, { raw: { width, height, channels: 4 }, limitInputPixels: false });
    return image.png({ compressionLevel: COMPRESSION_LEVEL }).toBuffer();
  }

  private sizeOf({ size }: Page, ratio: number): Size {
    const { scale } = this.picture;
    if ('frame' in scale) return scale.frame;
    // The epsilon prevents that 920 × 1.1 loses a pixel by rounding.
    const pixels = (side: number) => Math.max(1, Math.floor(side * ratio + 1e-6));
    return { width: pixels(size.width), height: pixels(size.height) };
  }

  private ratioOf({ size }: Page, number: number): number {
    const requested = requestedPixelRatio(this.picture, size);
    if (!(requested > 0)) throw new RangeError(`A picture cannot be drawn at the scale ${requested}`);
    const ratio = capPixelRatio(size, requested);
    if (ratio < requested) {
      const text = `Page ${number} was drawn at the pixel ratio ${ratio}: at ${requested} it would be too large.`;
      this.warn({ code: 'pixel-ratio-reduced', text });
    }
    return ratio;
  }
}

/**
 * Centres the page by whole pixels, to which images are aligned, and clips what is drawn outside
 * it.
 */
function placeInFrame(context: SKRSContext2D, { size }: Page, ratio: number): void {
  const { width, height } = context.canvas;
  const [pageWidth, pageHeight] = [size.width * ratio, size.height * ratio];
  context.translate(Math.round((width - pageWidth) / 2), Math.round((height - pageHeight) / 2));
  context.beginPath();
  context.rect(0, 0, pageWidth, pageHeight);
  context.clip();
}
