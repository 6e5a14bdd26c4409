import type { Page, Size } from '../../model/board/board';
import { paintAsset, paintPageImage, type ImageSource } from './asset-painter';
import { type PaintBeneath, paintPattern } from './pattern-painter';
import { paintElements, paintStrokeLayer } from './stroke-layer';
import type { DrawingContext, Surface } from './surface';

const WHITE = '#ffffff';

export interface PagePainting {
  readonly surface: Surface;
  readonly images: ImageSource;
  /** Paints the paper on which the page is drawn; absent when it is not known. */
  readonly paper?: PaintBeneath;
}

/**
 * Fills the background colour of a page. Without it, the page is transparent where nothing is
 * drawn.
 */
export function paintPaper(
  context: Pick<DrawingContext, 'fillStyle' | 'fillRect'>,
  { background }: Page,
  size: Size,
): void {
  // On screen, a translucent colour is on white.
  if (background.colour !== WHITE) fill(context, WHITE, size);
  fill(context, background.colour, size);
}

/** Draws the content of a page from bottom to top: pattern, assets, strokes, shapes, texts. */
export function paintPage(page: Page, painting: PagePainting): void {
  const steps = paintPageInSteps(page, painting);
  while (!steps.next().done);
}

/** Draws like `paintPage`, and pauses after the background and after each element. */
export function* paintPageInSteps(page: Page, { surface, images, paper }: PagePainting): Generator<void, void> {
  const { size, background } = page;
  const pageImage = background.image === null ? null : images(background.image);
  if (pageImage !== null) paintPageImage(surface, pageImage, size);
  const beneath = pageImage === null ? (paper ?? null) : null;
  if (background.pattern !== null) paintPattern(surface, background.pattern, size, beneath);
  yield;
  for (const asset of page.assets) {
    paintAsset(surface, asset, images);
    yield;
  }
  yield* paintStrokeLayer(surface, page.strokes, size);
  yield* paintElements(surface, page.shapes);
  yield* paintElements(surface, page.texts);
}

function fill(context: Pick<DrawingContext, 'fillStyle' | 'fillRect'>, colour: string, size: Size): void {
  context.fillStyle = colour;
  context.fillRect(0, 0, size.width, size.height);
}
