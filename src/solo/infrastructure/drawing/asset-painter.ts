import type { Asset, DocumentCard, ImageAsset, Placement, Size } from '../../model/board/board';
import { toCssFont } from './fonts';
import { containedSize } from '../../../platform/images/image-scaling';
import { type LoadedImage, selectCopy } from './image-library';
import { withSavedState, type Surface } from './surface';
import { paintStickyNote } from './text-painter';

const CARD_FILL = '#f3f4f6';
const CARD_BORDER = '#e5e7eb';
const CARD_INK = '#6b7280';
const CARD_CORNER = 4;
const CAPTION_SIZE = 14;
/** Half the width of the sample at the middle of a device pixel, in device pixels. */
const SLIVER = 1 / 64;
/** The size of a missing image whose asset has none. */
const UNKNOWN_SIZE: Size = { width: 200, height: 150 };

type Pixels = ReturnType<typeof selectCopy>;

interface Box extends Size {
  readonly x: number;
  readonly y: number;
}

/** Returns the decoded image of an address; `null` when it is missing. */
export type ImageSource = (source: string) => LoadedImage | null;

export function paintAsset(surface: Surface, asset: Asset, images: ImageSource): void {
  switch (asset.kind) {
    case 'sticky':
      if (asset.width > 0 && asset.height > 0) paintStickyNote(surface, asset);
      break;
    case 'document':
      withPlacement(surface, asset, asset, () => {
        surface.context.globalAlpha = asset.opacity;
        paintDocumentCard(surface, asset);
      });
      break;
    case 'image':
      paintImage(surface, asset, images(asset.source));
      break;
  }
}

/** Stretches an image over the whole page. */
export function paintPageImage(surface: Surface, image: LoadedImage, size: Size): void {
  surface.context.drawImage(pixelsOf(surface, image, size), 0, 0, size.width, size.height);
}

function paintImage(surface: Surface, asset: ImageAsset, image: LoadedImage | null): void {
  const natural = image ?? UNKNOWN_SIZE;
  const width = asset.width ?? natural.width;
  const height = asset.height ?? natural.height;
  withPlacement(surface, asset, { width, height }, () => {
    surface.context.globalAlpha = asset.opacity;
    // A negative side extends the box to the other side of the corner without mirroring the image.
    const box = { x: Math.min(0, width), y: Math.min(0, height), width: Math.abs(width), height: Math.abs(height) };
    if (image === null) paintMissingImage(surface, box);
    else paintLoadedImage(surface, image, asset.fit === 'stretch' ? box : fitInto(box, image), asset);
  });
}

function fitInto(box: Box, image: Size): Box {
  const { width, height } = containedSize(box, image);
  return { x: box.x + (box.width - width) / 2, y: box.y + (box.height - height) / 2, width, height };
}

function paintLoadedImage(surface: Surface, image: LoadedImage, box: Box, at: Placement): void {
  paintPixels(surface, pixelsOf(surface, image, box), box, at);
}

function pixelsOf({ ratio }: Surface, image: LoadedImage, size: Size): Pixels {
  return selectCopy(image, { width: size.width * ratio, height: size.height * ratio });
}

function paintPixels(surface: Surface, pixels: Pixels, box: Box, at: Placement): void {
  const { kind, context, ratio } = surface;
  if (kind !== 'raster' || at.rotation !== 0) {
    context.drawImage(pixels, box.x, box.y, box.width, box.height);
    return;
  }
  // A browser snaps an unrotated image to whole device pixels, so its edges are not antialiased.
  const columns = snapToPixels(at.x + box.x, box.width, ratio, pixels.width);
  for (const y of snapToPixels(at.y + box.y, box.height, ratio, pixels.height)) {
    for (const x of columns) {
      context.drawImage(pixels, x.from, y.from, x.count, y.count, x.start - at.x, y.start - at.y, x.length, y.length);
    }
  }
}

/**
 * A part of one axis of an image: the range on the page, and the range of image pixels that it
 * shows.
 */
interface AxisRange {
  readonly start: number;
  readonly length: number;
  readonly from: number;
  readonly count: number;
}

/**
 * Divides one axis of an image into ranges of whole device pixels. A partly covered pixel shows the
 * colour at its middle.
 */
function snapToPixels(start: number, length: number, ratio: number, pixels: number): AxisRange[] {
  const [from, to] = [start * ratio, (start + length) * ratio];
  const [first, last] = [Math.round(from), Math.round(to)];
  const perDevicePixel = pixels / (to - from);
  const range = (low: number, high: number, sourceLow: number, sourceHigh: number): AxisRange => ({
    start: low / ratio,
    length: (high - low) / ratio,
    from: (sourceLow - from) * perDevicePixel,
    count: (sourceHigh - sourceLow) * perDevicePixel,
  });
  const middle = (pixel: number) => range(pixel, pixel + 1, pixel + 0.5 - SLIVER, pixel + 0.5 + SLIVER);
  const [whole, end] = [Math.max(first, Math.ceil(from)), Math.min(last, Math.floor(to))];
  const ranges: AxisRange[] = [];
  if (first < Math.min(whole, last)) ranges.push(middle(first));
  if (whole < end) ranges.push(range(whole, end, whole, end));
  if (last > Math.max(end, whole)) ranges.push(middle(last - 1));
  return ranges;
}

/**
 * Draws with the origin at the asset's corner, rotated about the corner or the centre of its box.
 */
function withPlacement({ context }: Surface, placement: Placement, size: Size, draw: () => void): void {
  if (size.width === 0 || size.height === 0) return;
  withSavedState(context, () => {
    const isCentred = placement.pivot === 'centre';
    const [pivotX, pivotY] = isCentred ? [size.width / 2, size.height / 2] : [0, 0];
    context.translate(placement.x + pivotX, placement.y + pivotY);
    context.rotate((placement.rotation * Math.PI) / 180);
    context.translate(-pivotX, -pivotY);
    draw();
  });
}

function paintDocumentCard({ context }: Surface, card: DocumentCard): void {
  paintCard(context, { x: 0, y: 0, width: card.width, height: card.height });
  context.fillStyle = CARD_INK;
  context.font = toCssFont('system', CAPTION_SIZE);
  const width = context.measureText('PDF').width;
  context.fillText('PDF', (card.width - width) / 2, card.height / 2 + CAPTION_SIZE / 3);
}

/** Draws a placeholder for a missing image: a card with a crossed-out frame. */
function paintMissingImage({ context }: Surface, box: Box): void {
  paintCard(context, box);
  const side = Math.min(box.width, box.height, 96) / 2;
  const [x, y] = [box.x + (box.width - side) / 2, box.y + (box.height - side) / 2];
  context.strokeStyle = CARD_INK;
  context.lineWidth = Math.min(2, side / 12);
  context.strokeRect(x, y, side, side);
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(x + side, y + side);
  context.moveTo(x + side, y);
  context.lineTo(x, y + side);
  context.stroke();
}

function paintCard(context: Surface['context'], box: Box): void {
  context.beginPath();
  context.roundRect(box.x + 0.5, box.y + 0.5, Math.max(0, box.width - 1), Math.max(0, box.height - 1), CARD_CORNER);
  context.fillStyle = CARD_FILL;
  context.fill();
  context.strokeStyle = CARD_BORDER;
  context.lineWidth = 1;
  context.stroke();
}
