import type { Page, Size } from '../../model/board/board';
import { paintAsset, paintPageImage, type ImageSource } from './asset-painter';
import { paintPattern } from './background-painter';
import { paintMarks, paintStrokeLayer } from './stroke-layer';
import type { Surface } from './surface';

const WHITE = '#ffffff';

export interface PagePainting {
  readonly surface: Surface;
  readonly images: ImageSource;
  /** `false` leaves out the page's colour: what is not drawn on stays transparent. */
  readonly paper: boolean;
}

/** Draws a page from bottom to top: paper, ruling, assets, strokes, shapes, texts. */
export function paintPage(page: Page, { surface, images, paper }: PagePainting): void {
  const { context } = surface;
  const { size, background } = page;
  if (paper) {
    // A colour that lets light through is seen on the white of the screen.
    if (background.colour !== WHITE) fillPage(context, WHITE, size);
    fillPage(context, background.colour, size);
  }
  const pageImage = background.image === null ? null : images(background.image);
  if (pageImage !== null) paintPageImage(surface, pageImage, size);
  if (background.pattern !== null) paintPattern(surface, background.pattern, size);
  for (const asset of page.assets) paintAsset(surface, asset, images);
  paintStrokeLayer(surface, page.strokes, size);
  paintMarks(surface, page.shapes);
  paintMarks(surface, page.texts);
}

function fillPage(context: Surface['context'], colour: string, size: Size): void {
  context.fillStyle = colour;
  context.fillRect(0, 0, size.width, size.height);
}
