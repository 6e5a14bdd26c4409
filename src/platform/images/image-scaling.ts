export interface Size {
  readonly width: number;
  readonly height: number;
}

/** One place where an image is drawn, in page pixels. */
export interface ImageUse {
  /** `null` means the size of the image. */
  readonly width: number | null;
  readonly height: number | null;
  /** Whether the image keeps its aspect ratio within the box. */
  readonly isContained: boolean;
}

/** The size at which a use draws an image. */
export function drawnSize({ width, height, isContained }: ImageUse, image: Size): Size {
  const box = { width: Math.abs(width ?? image.width), height: Math.abs(height ?? image.height) };
  return isContained ? containedSize(box, image) : box;
}

/** The largest size with the aspect ratio of an image that fits into a box. */
export function containedSize(box: Size, image: Size): Size {
  const scale = Math.min(box.width / image.width, box.height / image.height);
  return { width: image.width * scale, height: image.height * scale };
}

/**
 * How often an image is halved before it is drawn much smaller, to prevent aliasing. Like a
 * browser's canvas, it never halves below the target size.
 * @param target the size on the page in device pixels
 */
export function halvingsFor(image: Size, target: Size): number {
  return Math.min(halvingsOf(image.width, target.width), halvingsOf(image.height, target.height));
}

export function halvedSize({ width, height }: Size, halvings: number): Size {
  const divisor = 2 ** halvings;
  return { width: Math.max(1, Math.floor(width / divisor)), height: Math.max(1, Math.floor(height / divisor)) };
}

function halvingsOf(length: number, target: number): number {
  return target >= 1 && length > target ? Math.floor(Math.log2(length / target)) : 0;
}
