import type { ImageJob } from './image-protocol';
import { type ImageHeader, measureImage } from './image-header';

const MB = 1024 * 1024;
/** Code, fonts and garbage. */
const BITMAP_MB = 32;
const SVG_MB = 64;
/** The pixels, a reduced copy, and what a reduction needs on the way. */
const BYTES_PER_PIXEL = 7.5;
/** An image that comes in rounds is kept whole, in numbers larger than a byte, until the last. */
const BYTES_PER_PROGRESSIVE_PIXEL = 14;
const BYTES_PER_WEBP_PIXEL = 12;
/** To look through a file takes no copy. */
const BYTES_PER_CHECKED_PIXEL = 5;
const BYTES_PER_SVG_PIXEL = 20;
const MAX_SVG_PIXELS = 16_000_000;
/** An SVG is rendered twice as fine as it is drawn. */
const OVERSAMPLING = 2;
/** Elements of an SVG file, and images in it. */
const BYTES_PER_SVG_BYTE = 24;
const COPIES_OF_FILE = 3;

/** How many megabytes a job may take beyond those of an idle process: in proportion to what it is to give. */
export function allowanceFor(job: ImageJob, bytes: Uint8Array): number {
  if (job.kind === 'svg') {
    const side = Math.max(1, ...job.uses.flatMap(({ width, height }) => [Math.abs(width ?? 0), Math.abs(height ?? 0)]));
    const pixels = Math.min(MAX_SVG_PIXELS, (side * job.ratio * OVERSAMPLING) ** 2);
    return SVG_MB + (pixels * BYTES_PER_SVG_PIXEL + bytes.byteLength * BYTES_PER_SVG_BYTE) / MB;
  }
  const header = measureImage(bytes);
  const pixels = header === null ? 0 : header.width * header.height;
  const perPixel = job.kind === 'check' ? BYTES_PER_CHECKED_PIXEL : bytesPerPixel(header);
  return BITMAP_MB + (pixels * perPixel + bytes.byteLength * COPIES_OF_FILE) / MB;
}

function bytesPerPixel(header: ImageHeader | null): number {
  if (header?.format === 'webp') return BYTES_PER_WEBP_PIXEL;
  return header?.isProgressive === true ? BYTES_PER_PROGRESSIVE_PIXEL : BYTES_PER_PIXEL;
}
