import { createCanvas, ImageData, loadImage, type Canvas, type Image } from '@napi-rs/canvas';
import { decodeDataUrl, isDataUrl } from '../../../platform/images/data-url';
import type { DecodedImage, ImageCopy } from '../../../platform/images/image-protocol';
import { ImageRefusedError } from '../../../platform/images/image-refused-error';
import { drawnSize, halvingsFor, type ImageUse } from '../../../platform/images/image-scaling';
import type { Page, Size } from '../../model/board/board';
import { BitmapFile } from './bitmap-file';
import type { ImageRequest } from './drawing-protocol';

/** Decoded pixels of one page; 100 MB of memory. */
const MAX_PAGE_PIXELS = 25_000_000;

/** An image ready to draw; its size is the one it declares, however finely it was rendered. */
export interface Picture extends Size {
  /** Its copies by how often they were halved. */
  readonly copies: ReadonlyMap<number, Image | Canvas>;
  /** Whether the pixels were made for the page at hand, as those of an SVG are. */
  readonly rendered: boolean;
}

/** An image that is on its way. */
export interface ImageAnswer {
  readonly image: DecodedImage;
  /** Its pixels, copy by copy, as strips of whole rows. */
  readonly strips: AsyncIterator<Uint8Array<ArrayBuffer>, void>;
}

/** Has an image fetched, if need be, and decoded; throws ImageRefusedError. */
export type RequestImage = (request: ImageRequest) => Promise<ImageAnswer>;

/** How the pages at hand are drawn. */
export interface PageScale {
  /** Device pixels for each of the page. */
  readonly ratio: number;
  /** Whether images are kept as large as they are, as in a PDF. */
  readonly vector: boolean;
}

/** The decoded images of the page at hand. No byte of a user's image is decoded in this process. */
export class ImageLibrary {
  private pictures = new Map<string, Picture | null>();
  private pagePixels = 0;

  constructor(
    private readonly request: RequestImage,
    /** Called with the reason for each image of a page that is not drawn. */
    private readonly onMissing: (source: string, reason: string) => void,
  ) {}

  /** Gets all images of a page that is drawn at a scale; others are forgotten. */
  async prepare(page: Page, scale: PageScale): Promise<void> {
    const before = this.pictures;
    const wanted = usesOn(page);
    this.pictures = new Map();
    this.pagePixels = 0;
    for (const [source, picture] of before) {
      if (picture !== null && !wanted.has(source)) release(picture);
    }
    for (const [source, uses] of wanted) {
      const known = before.get(source);
      const isEnough = known && serves(known, uses, scale);
      if (known && !isEnough) release(known);
      const picture = isEnough ? known : await this.picture(source, uses, scale);
      if (picture !== null) this.pagePixels += pixelsOf(picture);
      this.pictures.set(source, picture);
    }
  }

  /** The image of an address on the page at hand; `null` when it cannot be had. */
  readonly get = (source: string): Picture | null => this.pictures.get(source) ?? null;

  private async picture(
    source: string,
    uses: readonly ImageUse[],
    { ratio, vector }: PageScale,
  ): Promise<Picture | null> {
    try {
      if (source === '') throw new ImageRefusedError('it has no address');
      const bytes = isDataUrl(source) ? new Uint8Array(decodeDataUrl(source)) : null;
      const maxPixels = MAX_PAGE_PIXELS - this.pagePixels;
      const answer = await this.request({ source, bytes, uses, ratio, keepsSize: vector, maxPixels });
      return await assembled(answer);
    } catch (error) {
      if (!(error instanceof ImageRefusedError)) throw error;
      this.onMissing(source, error.message);
      return null;
    }
  }
}

/** The copy of an image that is drawn in a size on the page, in device pixels. */
export function copyFor(picture: Picture, wanted: Size): Image | Canvas {
  const halvings = picture.rendered ? 0 : halvingsFor(picture, wanted);
  const known = [...picture.copies.keys()].sort((one, other) => one - other);
  // A copy that is halved less often will do, and the one that is there where the page has too many pixels.
  const best = known.filter((each) => each <= halvings).at(-1) ?? known[0] ?? 0;
  const copy = picture.copies.get(best);
  if (copy === undefined) throw new RangeError('An image has no copy');
  return copy;
}

async function assembled({ image, strips }: ImageAnswer): Promise<Picture> {
  const copies = new Map<number, Image | Canvas>();
  for (const copy of image.copies) {
    const isFile = copy.halvings === 0 && !image.isRendered;
    copies.set(copy.halvings, await (isFile ? asImage(copy, image.isOpaque, strips) : asCanvas(copy, strips)));
  }
  return { width: image.width, height: image.height, rendered: image.isRendered, copies };
}

async function asCanvas({ width, height }: ImageCopy, strips: ImageAnswer['strips']): Promise<Canvas> {
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

/** Skia draws the edges of an image in another way than those of a canvas; only a file becomes an image. */
async function asImage({ width, height }: ImageCopy, isOpaque: boolean, strips: ImageAnswer['strips']): Promise<Image> {
  const file = new BitmapFile({ width, height }, isOpaque);
  while (!file.isComplete) file.append(await nextStrip(strips));
  const image = await loadImage(file.bytes);
  // The image refers to its file for as long as it lives, and needs it no more.
  file.release();
  return image;
}

async function nextStrip(strips: ImageAnswer['strips']): Promise<Uint8Array<ArrayBuffer>> {
  const { value, done } = await strips.next();
  if (done === true) throw new RangeError('An image ended before its last pixel');
  return value;
}

/** Gives memory back at once, not when the garbage is collected. */
function release({ copies }: Picture): void {
  for (const copy of copies.values()) {
    if ('src' in copy) copy.src = Buffer.alloc(0);
    else copy.width = 1;
  }
}

function pixelsOf({ copies }: Picture): number {
  return [...copies.values()].reduce((sum, { width, height }) => sum + width * height, 0);
}

/** Whether an image of the page before can be drawn on this one as well. */
function serves(picture: Picture, uses: readonly ImageUse[], { ratio, vector }: PageScale): boolean {
  if (picture.rendered) return [...picture.copies.values()].every((copy) => copy.width >= picture.width);
  return uses.every((use) => {
    const { width, height } = drawnSize(use, picture);
    return picture.copies.has(vector ? 0 : halvingsFor(picture, { width: width * ratio, height: height * ratio }));
  });
}

/** The addresses of a page's images, each with where it is drawn. */
function usesOn(page: Page): Map<string, ImageUse[]> {
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
