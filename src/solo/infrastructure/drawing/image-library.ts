import { createCanvas, ImageData, loadImage, type Canvas, type Image } from '@napi-rs/canvas';
import { decodeDataUrl, isDataUrl } from '../../../platform/images/data-url';
import type { DecodedImage, ImageCopy } from '../../../platform/images/image-protocol';
import { ImageRefusedError } from '../../../platform/images/image-protocol';
import { drawnSize, halvingsFor, type ImageUse } from '../../../platform/images/image-scaling';
import type { Page, Size } from '../../model/board/board';
import type { ImageRequest } from './drawing-protocol';

/** Decoded pixels of one page; 100 MB of memory. */
const MAX_PAGE_PIXELS = 25_000_000;

/**
 * An image that is ready to draw. Its size is the declared one, whatever resolution it was rendered
 * at.
 */
export interface LoadedImage extends Size {
  /** The copies by the number of halvings. */
  readonly copies: ReadonlyMap<number, Image | Canvas>;
  /** Whether the pixels were rendered for the current page, as those of an SVG are. */
  readonly isRendered: boolean;
}

/** An image whose pixels are still arriving. */
export interface IncomingImage {
  readonly image: DecodedImage;
  /** The pixels of its copies, in order, as strips of whole rows. */
  readonly strips: AsyncIterator<Uint8Array<ArrayBuffer>, void>;
}

/** Loads and decodes an image. Throws ImageRefusedError. */
export type RequestImage = (request: ImageRequest) => Promise<IncomingImage>;

export interface PageScale {
  /** Device pixels for each page pixel. */
  readonly ratio: number;
  /** Whether images keep their full size, as in a PDF. */
  readonly vector: boolean;
}

/** The decoded images of the current page. Image files are never decoded in this process. */
export class ImageLibrary {
  private images = new Map<string, LoadedImage | null>();
  private pagePixels = 0;

  constructor(
    private readonly request: RequestImage,
    /** Called for each image of a page that is not drawn. */
    private readonly onMissing: (source: string, reason: string) => void,
  ) {}

  /** Loads all images of a page for a scale, and releases the others. */
  async prepare(page: Page, scale: PageScale): Promise<void> {
    const previous = this.images;
    const needed = findImageUses(page);
    this.images = new Map();
    this.pagePixels = 0;
    for (const [source, image] of previous) {
      if (image !== null && !needed.has(source)) release(image);
    }
    for (const [source, uses] of needed) {
      const known = previous.get(source);
      const isReusable = known && isSufficient(known, uses, scale);
      if (known && !isReusable) release(known);
      const image = isReusable ? known : await this.load(source, uses, scale);
      if (image !== null) this.pagePixels += countPixels(image);
      this.images.set(source, image);
    }
  }

  /** The image of an address on the current page; `null` when it is missing. */
  readonly get = (source: string): LoadedImage | null => this.images.get(source) ?? null;

  private async load(
    source: string,
    uses: readonly ImageUse[],
    { ratio, vector }: PageScale,
  ): Promise<LoadedImage | null> {
    try {
      if (source === '') throw new ImageRefusedError('it has no address');
      const bytes = isDataUrl(source) ? new Uint8Array(decodeDataUrl(source)) : null;
      const maxPixels = MAX_PAGE_PIXELS - this.pagePixels;
      const incoming = await this.request({ source, bytes, uses, ratio, keepsSize: vector, maxPixels });
      return await assemble(incoming);
    } catch (error) {
      if (!(error instanceof ImageRefusedError)) throw error;
      this.onMissing(source, error.message);
      return null;
    }
  }
}

/** Selects the copy of an image to draw it in a size, in device pixels. */
export function selectCopy(image: LoadedImage, size: Size): Image | Canvas {
  const halvings = image.isRendered ? 0 : halvingsFor(image, size);
  const available = [...image.copies.keys()].sort((one, other) => one - other);
  // A larger copy is good enough. When the page has too many pixels, only a smaller one exists.
  const best = available.filter((each) => each <= halvings).at(-1) ?? available[0] ?? 0;
  const copy = image.copies.get(best);
  if (copy === undefined) throw new RangeError('An image has no copy');
  return copy;
}

async function assemble({ image, strips }: IncomingImage): Promise<LoadedImage> {
  const copies = new Map<number, Image | Canvas>();
  for (const copy of image.copies) {
    const isFile = copy.halvings === 0 && !image.isRendered;
    copies.set(copy.halvings, await (isFile ? toImage(copy, image.isOpaque, strips) : toCanvas(copy, strips)));
  }
  return { width: image.width, height: image.height, isRendered: image.isRendered, copies };
}

async function toCanvas({ width, height }: ImageCopy, strips: IncomingImage['strips']): Promise<Canvas> {
  const canvas = createCanvas(width, height);
  const context = canvas.getContext('2d');
  for (let y = 0; y < height;) {
    const strip = await nextStrip(strips);
    const rows = strip.byteLength / (width * 4);
    context.putImageData(new ImageData(new Uint8ClampedArray(strip.buffer), width, rows), 0, y);
    y += rows;
  }
  return canvas;
}

/**
 * Skia draws the edges of an image differently from those of a canvas, and creates images only from
 * files.
 */
async function toImage(
  { width, height }: ImageCopy,
  isOpaque: boolean,
  strips: IncomingImage['strips'],
): Promise<Image> {
  const file = new BitmapFile({ width, height }, isOpaque);
  while (!file.isComplete) file.append(await nextStrip(strips));
  const image = await loadImage(file.bytes);
  // The image keeps a reference to its file although it does not need it any more.
  file.release();
  return image;
}

async function nextStrip(strips: IncomingImage['strips']): Promise<Uint8Array<ArrayBuffer>> {
  const { value, done } = await strips.next();
  if (done === true) throw new RangeError('An image ended before its last pixel');
  return value;
}

/** Frees the memory at once instead of at the next garbage collection. */
function release({ copies }: LoadedImage): void {
  for (const copy of copies.values()) {
    if ('src' in copy) copy.src = Buffer.alloc(0);
    else copy.width = 1;
  }
}

function countPixels({ copies }: LoadedImage): number {
  return [...copies.values()].reduce((sum, { width, height }) => sum + width * height, 0);
}

/** Whether an image of the previous page can be reused on this one. */
function isSufficient(image: LoadedImage, uses: readonly ImageUse[], { ratio, vector }: PageScale): boolean {
  if (image.isRendered) return [...image.copies.values()].every((copy) => copy.width >= image.width);
  return uses.every((use) => {
    const { width, height } = drawnSize(use, image);
    return image.copies.has(vector ? 0 : halvingsFor(image, { width: width * ratio, height: height * ratio }));
  });
}

/** The image addresses of a page, each with all its uses. */
function findImageUses(page: Page): Map<string, ImageUse[]> {
  const uses = new Map<string, ImageUse[]>();
  const add = (source: string, use: ImageUse) => {
    uses.set(source, [...(uses.get(source) ?? []), use]);
  };
  if (page.background.image !== null) add(page.background.image, { ...page.size, isContained: false });
  for (const asset of page.assets) {
    if (asset.kind === 'image') {
      const { source, width, height, fit } = asset;
      add(source, { width, height, isContained: fit === 'contain' });
    }
  }
  return uses;
}

const BITMAP_HEADER_BYTES = 14 + 108;

/**
 * An uncompressed bitmap file (BMP) that is filled row by row. Skia reads raw pixels in no other
 * way.
 */
class BitmapFile {
  bytes: Buffer<ArrayBuffer>;
  private end = BITMAP_HEADER_BYTES;

  constructor({ width, height }: Size, isOpaque: boolean) {
    const pixels = width * height * 4;
    const bytes = Buffer.from(new ArrayBuffer(BITMAP_HEADER_BYTES + pixels));
    bytes.write('BM');
    bytes.writeUInt32LE(bytes.length, 2);
    bytes.writeUInt32LE(BITMAP_HEADER_BYTES, 10);
    // A header of version 4, which has an alpha mask.
    bytes.writeUInt32LE(108, 14);
    bytes.writeInt32LE(width, 18);
    // Negative: rows from top to bottom.
    bytes.writeInt32LE(-height, 22);
    bytes.writeUInt16LE(1, 26);
    bytes.writeUInt16LE(32, 28);
    // Uncompressed, with masks for red, green, blue and alpha.
    bytes.writeUInt32LE(3, 30);
    bytes.writeUInt32LE(pixels, 34);
    [0xff, 0xff00, 0xff0000, isOpaque ? 0 : 0xff000000].forEach((mask, index) =>
      bytes.writeUInt32LE(mask, 54 + 4 * index),
    );
    bytes.write('BGRs', 70);
    this.bytes = bytes;
  }

  get isComplete(): boolean {
    return this.end === this.bytes.length;
  }

  append(rows: Uint8Array): void {
    this.bytes.set(rows, this.end);
    this.end += rows.byteLength;
  }

  /** Frees the memory even while an image still refers to it. */
  release(): void {
    structuredClone(this.bytes.buffer, { transfer: [this.bytes.buffer] });
  }
}
