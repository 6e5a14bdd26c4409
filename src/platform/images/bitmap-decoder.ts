import { type Canvas, createCanvas, type Image, loadImage } from '@napi-rs/canvas';
import sharp, { type Sharp } from 'sharp';
import { readImageHeader } from './image-header';
import { type DecodedImage, type DecodingJob, type ImageCopy, ImageRefusedError } from './image-protocol';
import { drawnSize, halvedSize, halvingsFor, type Size } from './image-scaling';

const MAX_STRIP_BYTES = 1024 * 1024;
/** How many more times than necessary an image may be halved to fit into the memory. */
const MAX_EXTRA_HALVINGS = 3;

/** A decoded image. Its copies are made one by one. */
export interface DecodedBitmap {
  readonly image: DecodedImage;
  strips(): Iterable<Uint8Array>;
  /** Frees the memory at once instead of at the next garbage collection. */
  release(): void;
}

/**
 * Decodes a PNG, JPEG, GIF or WebP file and makes the copies for its uses.
 * @throws ImageRefusedError
 */
export async function decodeBitmap(bytes: Uint8Array, job: DecodingJob): Promise<DecodedBitmap> {
  // Always pass bytes: for a string, loadImage would read files and fetch URLs.
  const pixels = await loadImage(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)).catch(() => null);
  if (pixels === null || pixels.width === 0) throw new ImageRefusedError('the image file is damaged');
  const size = { width: pixels.width, height: pixels.height };
  const copies = planCopies(size, job);
  return {
    image: { ...size, isRendered: false, isOpaque: readImageHeader(bytes)?.hasAlpha === false, copies },
    *strips() {
      for (const copy of copies) yield* readStrips(pixels, copy);
    },
    release() {
      pixels.src = Buffer.alloc(0);
    },
  };
}

/** Plans the copies of an image. All of them are smaller when they would have too many pixels. */
function planCopies(size: Size, { uses, ratio, keepsSize, maxPixels }: DecodingJob): ImageCopy[] {
  const halvingsOfUses = uses.map((use) => {
    const { width, height } = drawnSize(use, size);
    return keepsSize ? 0 : halvingsFor(size, { width: width * ratio, height: height * ratio });
  });
  for (let extra = 0; extra <= MAX_EXTRA_HALVINGS; extra += 1) {
    const copies = [...new Set(halvingsOfUses)].map((halvings) => ({
      halvings: halvings + extra,
      ...halvedSize(size, halvings + extra),
    }));
    if (copies.reduce((sum, { width, height }) => sum + width * height, 0) <= maxPixels) return copies;
  }
  throw new ImageRefusedError('the images of this page are too large together');
}

/**
 * Reads the raw pixels of a copy in strips, so that only one strip is in memory beside the image.
 */
function* readStrips(pixels: Image, { halvings, width, height }: ImageCopy): Iterable<Uint8Array> {
  const source = halvings === 0 ? pixels : reduce(pixels, { width, height });
  const rows = Math.max(1, Math.floor(MAX_STRIP_BYTES / (width * 4)));
  const strip = createCanvas(width, Math.min(rows, height));
  for (let y = 0; y < height; y += rows) {
    const count = Math.min(rows, height - y);
    // Setting a size clears the canvas.
    strip.height = count;
    const context = strip.getContext('2d');
    context.imageSmoothingEnabled = false;
    context.drawImage(source, 0, y, width, count, 0, 0, width, count);
    const premultiplied = strip.data();
    yield isOpaque(premultiplied)
      ? new Uint8Array(premultiplied)
      : new Uint8Array(context.getImageData(0, 0, width, count).data);
  }
  if (source !== pixels) (source as Canvas).width = 1;
}

function reduce(pixels: Image, { width, height }: Size): Canvas {
  const copy = createCanvas(width, height);
  const context = copy.getContext('2d');
  context.imageSmoothingQuality = 'medium';
  context.drawImage(pixels, 0, 0, width, height);
  return copy;
}

function isOpaque(pixels: Buffer): boolean {
  const words = new Uint32Array(pixels.buffer, pixels.byteOffset, pixels.byteLength / 4);
  for (const word of words) if (word < 0xff000000) return false;
  return true;
}

/**
 * Decodes a PNG file completely, to verify that it has all its pixels.
 * @throws ImageRefusedError
 */
export function checkPng(bytes: Uint8Array, maxSide: number): Promise<unknown> {
  return withPng(bytes, maxSide, (image) => image.stats());
}

/**
 * Makes a copy of a PNG file whose longest side has at most `targetSide` pixels.
 * @throws ImageRefusedError
 */
export function shrinkPng(
  bytes: Uint8Array,
  { maxSide, targetSide }: { readonly maxSide: number; readonly targetSide: number },
): Promise<Uint8Array> {
  const size = { width: targetSide, height: targetSide, fit: 'inside', withoutEnlargement: true } as const;
  return withPng(bytes, maxSide, (image) => image.resize(size).png().toBuffer());
}

async function withPng<Result>(
  bytes: Uint8Array,
  maxSide: number,
  use: (image: Sharp) => Promise<Result>,
): Promise<Result> {
  try {
    const image = sharp(bytes, { limitInputPixels: maxSide * maxSide, failOn: 'truncated' });
    const { width, height } = await image.metadata();
    if (Math.max(width, height) > maxSide) throw new ImageRefusedError(`is larger than ${maxSide} pixels a side`);
    return await use(image);
  } catch (error) {
    if (error instanceof ImageRefusedError) throw error;
    throw new ImageRefusedError('cannot be decoded');
  }
}
