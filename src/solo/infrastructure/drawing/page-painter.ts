import type { Page, Size } from '../../model/board/board';
import { paintAsset, paintPageImage, type ImageSource } from './asset-painter';
import { paintPattern } from './background-painter';
import { paintMarks, paintStrokeLayer } from './stroke-layer';
import type { Surface } from './surface';

const WHITE = '#ffffff';

export interface PagePainting {
  readonly surface: Surface;
  readonly images: ImageSource;
}

/** Draws the colour of a page. Without it, what is not drawn on stays transparent. */
export function paintPaper(context: Surface['context'], { background }: Page, size: Size): void {
  // A colour that lets light through is seen on the white of the screen.
  if (background.colour !== WHITE) fill(context, WHITE, size);
  fill(context, background.colour, size);
}

/** Draws what is on the paper, from bottom to top: ruling, assets, strokes, shapes, texts. */
export function paintPage(page: Page, { surface, images }: PagePainting): void {
  const { size, background } = page;
  const pageImage = background.image === null ? null : images(background.image);
  if (pageImage !== null) paintPageImage(surface, pageImage, size);
  if (background.pattern !== null) paintPattern(surface, background.pattern, size);
  for (const asset of page.assets) paintAsset(surface, asset, images);
  paintStrokeLayer(surface, page.strokes, size);
  paintMarks(surface, page.shapes);
  paintMarks(surface, page.texts);
}

function fill(context: Surface['context'], colour: string, size: Size): void {
  context.fillStyle = colour;
  context.fillRect(0, 0, size.width, size.height);
}
