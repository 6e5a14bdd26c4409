import { loadImage, type Canvas, type Image } from '@napi-rs/canvas';
import { AssetRefusedError } from '../../model/board/asset-loader';
import type { ImageAsset, Page, Size } from '../../model/board/board';
import { decodeDataUrl, isDataUrl } from './data-url';
import { measureImage } from './image-header';
import { looksLikeSvg, readSvg, renderSvg } from './svg-renderer';

const MAX_PIXELS = 50_000_000;
/** Decoded pixels of one page; 400 MB of memory. */
const MAX_PAGE_PIXELS = 100_000_000;
/** An SVG is rendered twice as fine as it is drawn, which keeps its edges sharp when it is turned. */
const SVG_OVERSAMPLING = 2;

/** An image ready to draw; its size is the one it declares, however finely it was rendered. */
export interface Picture extends Size {
  readonly pixels: Image | Canvas;
  /** Whether the pixels were made for the page at hand, as those of an SVG are. */
  readonly rendered: boolean;
}

/** Gets the bytes behind an address that does not carry them itself; throws AssetRefusedError. */
export type FetchAsset = (source: string) => Promise<Uint8Array>;

/** The decoded images of the page at hand. */
export class ImageLibrary {
  private pictures = new Map<string, Picture | null>();
  private pagePixels = 0;

  constructor(
    private readonly fetchAsset: FetchAsset,
    /** Called with the reason for each image of a page that is not drawn. */
    private readonly onMissing: (source: string, reason: string) => void,
  ) {}

  /** Decodes all images of a page that is drawn with `ratio` pixels to each of its own; others are forgotten. */
  async prepare(page: Page, ratio: number): Promise<void> {
    const before = this.pictures;
    this.pictures = new Map();
    this.pagePixels = 0;
    for (const [source, box] of imagesOf(page)) {
      const known = before.get(source);
      const picture = known && known.pixels.width >= known.width ? known : await this.picture(source, box, ratio);
      this.pictures.set(source, picture);
    }
  }

  /** The image of an address on the page at hand; `null` when it cannot be had. */
  readonly get = (source: string): Picture | null => this.pictures.get(source) ?? null;

  private async picture(source: string, box: Size, ratio: number): Promise<Picture | null> {
    try {
      if (source === '') throw new AssetRefusedError('it has no address');
      const bytes = isDataUrl(source) ? decodeDataUrl(source) : await this.fetchAsset(source);
      return await this.decode(bytes, box, ratio);
    } catch (error) {
      if (!(error instanceof AssetRefusedError)) throw error;
      this.onMissing(source, error.message);
      return null;
    }
  }

  private async decode(bytes: Uint8Array, box: Size, ratio: number): Promise<Picture> {
    const size = measureImage(bytes);
    if (size === null) {
      if (!looksLikeSvg(bytes)) throw new AssetRefusedError('it is not a PNG, JPEG, GIF, WebP or SVG image');
      const svg = readSvg(bytes, MAX_PIXELS);
      this.account(svg.size);
      const scale = Math.max(box.width / svg.size.width, box.height / svg.size.height) || 1;
      return { ...svg.size, rendered: true, pixels: await renderSvg(svg, scale * ratio * SVG_OVERSAMPLING) };
    }
    this.account(size);
    // Only ever bytes: given a string, loadImage would read files and fetch addresses.
    const pixels = await loadImage(Buffer.from(bytes)).catch(() => null);
    if (pixels === null || pixels.width === 0) throw new AssetRefusedError('the image file is damaged');
    return { width: pixels.width, height: pixels.height, pixels, rendered: false };
  }

  private account({ width, height }: Size): void {
    const pixels = width * height;
    if (!(pixels > 0)) throw new AssetRefusedError('the image is empty');
    if (pixels > MAX_PIXELS) throw new AssetRefusedError(`${width} × ${height} pixels are too many`);
    this.pagePixels += pixels;
    if (this.pagePixels > MAX_PAGE_PIXELS)
      throw new AssetRefusedError('the images of this page are too large together');
  }
}

/** The addresses of a page's images, each with the largest box it is drawn into. */
function imagesOf(page: Page): Map<string, Size> {
  const boxes = new Map<string, Size>();
  const add = (source: string, width: number, height: number) => {
    const known = boxes.get(source) ?? { width: 0, height: 0 };
    boxes.set(source, { width: Math.max(known.width, width), height: Math.max(known.height, height) });
  };
  if (page.background.image !== null) add(page.background.image, page.size.width, page.size.height);
  for (const asset of page.assets) {
    if (asset.kind === 'image') add(asset.source, ...boxOf(asset));
  }
  return boxes;
}

function boxOf({ width, height }: ImageAsset): [number, number] {
  return [Math.abs(width ?? 0), Math.abs(height ?? 0)];
}
