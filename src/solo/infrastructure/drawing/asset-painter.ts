import type { Image } from '@napi-rs/canvas';
import type { Asset, DocumentCard, ImageAsset, Placement, Size } from '../../model/board/board';
import { fontOf } from './fonts';
import { saved, type Surface } from './surface';
import { paintSticky } from './text-painter';

const CARD_FILL = '#f3f4f6';
const CARD_BORDER = '#e5e7eb';
const CARD_INK = '#6b7280';
const CARD_CORNER = 4;
const CAPTION_SIZE = 14;
/** What a missing image measures that does not say so itself. */
const UNKNOWN_SIZE: Size = { width: 200, height: 150 };

/** Gives the image of an address once it is decoded, `null` when it cannot be had. */
export type ImageSource = (source: string) => Image | null;

/** Draws an asset below the strokes. */
export function paintAsset(surface: Surface, asset: Asset, images: ImageSource): void {
  switch (asset.kind) {
    case 'sticky':
      if (asset.width > 0 && asset.height > 0) paintSticky(surface, asset);
      break;
    case 'document':
      placed(surface, asset, asset, () => {
        surface.context.globalAlpha = asset.opacity;
        paintDocumentCard(surface, asset);
      });
      break;
    case 'image':
      paintImage(surface, asset, images(asset.source));
      break;
  }
}

/** Draws an image over the whole page; one that is missing leaves the page white. */
export function paintPageImage({ context }: Surface, image: Image, size: Size): void {
  context.drawImage(image, 0, 0, size.width, size.height);
}

function paintImage(surface: Surface, asset: ImageAsset, image: Image | null): void {
  const natural = image ?? UNKNOWN_SIZE;
  const width = asset.width ?? natural.width;
  const height = asset.height ?? natural.height;
  placed(surface, asset, { width, height }, () => {
    const { context } = surface;
    context.globalAlpha = asset.opacity;
    // A negative side extends to the other side of the corner, without mirroring the image.
    const box = { x: Math.min(0, width), y: Math.min(0, height), width: Math.abs(width), height: Math.abs(height) };
    if (image === null) paintMissingImage(surface, box);
    else if (asset.fit === 'stretch') context.drawImage(image, box.x, box.y, box.width, box.height);
    else {
      const scale = Math.min(box.width / image.width, box.height / image.height);
      const [w, h] = [image.width * scale, image.height * scale];
      context.drawImage(image, (box.width - w) / 2, (box.height - h) / 2, w, h);
    }
  });
}

/** Moves the origin to the asset's corner and turns it there, or about the box's centre. */
function placed({ context }: Surface, placement: Placement, size: Size, draw: () => void): void {
  if (size.width === 0 || size.height === 0) return;
  saved(context, () => {
    const centred = placement.pivot === 'centre';
    const [pivotX, pivotY] = centred ? [size.width / 2, size.height / 2] : [0, 0];
    context.translate(placement.x + pivotX, placement.y + pivotY);
    context.rotate((placement.rotation * Math.PI) / 180);
    context.translate(-pivotX, -pivotY);
    draw();
  });
}

function paintDocumentCard({ context }: Surface, card: DocumentCard): void {
  paintCard(context, { x: 0, y: 0, width: card.width, height: card.height });
  context.fillStyle = CARD_INK;
  context.font = fontOf('system', CAPTION_SIZE);
  const width = context.measureText('PDF').width;
  context.fillText('PDF', (card.width - width) / 2, card.height / 2 + CAPTION_SIZE / 3);
}

interface Box extends Size {
  readonly x: number;
  readonly y: number;
}

/** Stands where an image should be: a card with a crossed-out frame. */
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
