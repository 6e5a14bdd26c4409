import { type Canvas, createCanvas, type Image } from '@napi-rs/canvas';
import { startTag } from './markup';

/** Smaller pictures are always PNG: JPEG would save little. */
const MIN_JPEG_PIXELS = 100_000;
const JPEG_QUALITY = 92;
/** JPEG is lossy: it has to be worth it, as for photographs. */
const MAX_JPEG_SHARE = 0.5;

/** The pictures of one SVG. Each is written once, as a unit square that uses are scaled from. */
export class SvgPictures {
  /** A canvas must not stay in memory only because it was written. */
  private readonly ids = new WeakMap<Image | Canvas, string>();
  private count = 0;

  constructor(private readonly define: (markup: string) => void) {}

  /** Encodes a picture again and embeds it, and returns its id. */
  add(picture: Image | Canvas): string {
    const known = this.ids.get(picture);
    if (known !== undefined) return known;
    this.count += 1;
    const id = `picture-${this.count}`;
    this.ids.set(picture, id);
    const image = startTag('image', { id, width: 1, height: 1, preserveAspectRatio: 'none', href: encode(picture) });
    this.define(`<defs>${image}/></defs>`);
    return id;
  }
}

/** A data URL of the pixels. */
function encode(picture: Image | Canvas): string {
  const { width, height } = picture;
  const canvas = createCanvas(width, height);
  const context = canvas.getContext('2d');
  context.drawImage(picture, 0, 0);
  const png = canvas.toBuffer('image/png');
  const isLarge = width * height >= MIN_JPEG_PIXELS;
  const jpeg =
    isLarge && isOpaque(context.getImageData(0, 0, width, height).data)
      ? canvas.toBuffer('image/jpeg', JPEG_QUALITY)
      : null;
  // Frees the memory at once instead of at the next garbage collection.
  canvas.width = canvas.height = 1;
  return jpeg !== null && jpeg.length < png.length * MAX_JPEG_SHARE
    ? `data:image/jpeg;base64,${jpeg.toString('base64')}`
    : `data:image/png;base64,${png.toString('base64')}`;
}

function isOpaque(pixels: Uint8ClampedArray): boolean {
  for (let at = 3; at < pixels.length; at += 4) {
    if (pixels[at] !== 255) return false;
  }
  return true;
}
