import { createCanvas, loadImage, type Canvas, type Image } from '@napi-rs/canvas';
import { measureImage } from './image-header';
import { ImageRefusedError } from './image-refused-error';
import type { DecodedImage, DecodingJob, ImageCopy } from './image-protocol';
import { drawnSize, halvedSize, halvingsFor } from './image-scaling';
import type { Size } from './size';

const MAX_STRIP_BYTES = 1024 * 1024;
/** How much coarser than it should be an image may be drawn before it is not drawn at all. */
const MAX_EXTRA_HALVINGS = 3;

/** An image that was decoded; its copies are made one by one. */
export interface DecodedBitmap {
  readonly image: DecodedImage;
  strips(): Iterable<Uint8Array>;
  /** Gives its memory back at once, not when the garbage is collected. */
  release(): void;
}

/**
 * Decodes a PNG, JPEG, GIF or WebP file, and makes the copies that its uses need.
 * @throws ImageRefusedError
 */
export async function decodeBitmap(bytes: Uint8Array, job: DecodingJob): Promise<DecodedBitmap> {
  // Only ever bytes: given a string, loadImage would read files and fetch addresses.
  const pixels = await loadImage(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)).catch(() => null);
  if (pixels === null || pixels.width === 0) throw new ImageRefusedError('the image file is damaged');
  const size = { width: pixels.width, height: pixels.height };
  const copies = copiesOf(size, job);
  return {
    image: { ...size, isRendered: false, isOpaque: measureImage(bytes)?.hasAlpha === false, copies },
    *strips() {
      for (const copy of copies) yield* stripsOf(pixels, copy);
    },
    release() {
      pixels.src = Buffer.alloc(0);
    },
  };
}

/** The copies that are drawn, all of them coarser where they would be too many pixels. */
function copiesOf(size: Size, { uses, ratio, keepsSize, maxPixels }: DecodingJob): ImageCopy[] {
  const wanted = uses.map((use) => {
    const { width, height } = drawnSize(use, size);
    return keepsSize ? 0 : halvingsFor(size, { width: width * ratio, height: height * ratio });
  });
  for (let extra = 0; extra <= MAX_EXTRA_HALVINGS; extra += 1) {
    const copies = [...new Set(wanted)].map((halvings) => ({
      halvings: halvings + extra,
      ...halvedSize(size, halvings + extra),
    }));
    if (copies.reduce((sum, { width, height }) => sum + width * height, 0) <= maxPixels) return copies;
  }
  throw new ImageRefusedError('the images of this page are too large together');
}

/** The raw pixels of a copy. Only a strip of them is in memory beside the image itself. */
function* stripsOf(pixels: Image, { halvings, width, height }: ImageCopy): Iterable<Uint8Array> {
  const source = halvings === 0 ? pixels : reduced(pixels, { width, height });
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

function reduced(pixels: Image, { width, height }: Size): Canvas {
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
