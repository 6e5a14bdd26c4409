import type { Size } from './size';

/** How an image is drawn at one place, in units of the page. */
export interface ImageUse {
  /** `null` for the image's own. */
  readonly width: number | null;
  readonly height: number | null;
  /** Whether the image keeps its proportions within the box. */
  readonly isContained: boolean;
}

/** The size in which a use shows an image of a size of its own. */
export function drawnSize({ width, height, isContained }: ImageUse, image: Size): Size {
  const box = { width: Math.abs(width ?? image.width), height: Math.abs(height ?? image.height) };
  return isContained ? containedSize(box, image) : box;
}

/** The largest size with the proportions of an image that fits into a box. */
export function containedSize(box: Size, image: Size): Size {
  const scale = Math.min(box.width / image.width, box.height / image.height);
  return { width: image.width * scale, height: image.height * scale };
}

/**
 * How often an image is halved before it is drawn much smaller: between single pixels far apart, details and edges would
 * flicker. This is how a browser's canvas reduces; it never halves below the wanted size.
 * @param wanted size on the page in device pixels
 */
export function halvingsFor(image: Size, wanted: Size): number {
  return Math.min(halvingsOf(image.width, wanted.width), halvingsOf(image.height, wanted.height));
}

/** The size of an image that was halved. */
export function halvedSize({ width, height }: Size, halvings: number): Size {
  const divisor = 2 ** halvings;
  return { width: Math.max(1, Math.floor(width / divisor)), height: Math.max(1, Math.floor(height / divisor)) };
}

function halvingsOf(length: number, wanted: number): number {
  return wanted >= 1 && length > wanted ? Math.floor(Math.log2(length / wanted)) : 0;
}
