import { DomainError } from '../../../platform/errors/domain-error';
import { costOfPage, type DrawingCost, possiblePixelRatio } from '../board/drawing-cost';
import type { NumberedPage } from './drawn-pages';
import { type Picture, wantedPixelRatio } from './picture';

/** A picture takes longer to draw than it may. */
export class DrawingTooLargeError extends DomainError {
  constructor(message: string) {
    super('unprocessable', 'drawing-too-large', message);
    this.name = 'DrawingTooLargeError';
  }
}

/** What a picture of a board is expected to take. */
export interface DrawingMeasure {
  /** Of the pages in the picture. */
  readonly pageCount: number;
  /** Seconds of a typical core. */
  readonly seconds: number;
  /** Of all pages of the board, for any picture of it. */
  readonly cost: DrawingCost;
}

/** How long pages take to draw, in seconds of a typical core. */
export function drawingSeconds(pages: readonly NumberedPage[], picture: Picture): number {
  return pages.reduce((seconds, { page }) => {
    const ratio = picture.format === 'png' ? possiblePixelRatio(page.size, wantedPixelRatio(picture, page.size)) : 1;
    return seconds + secondsAt(costOfPage(page), picture, ratio);
  }, 0);
}

/** The most that a picture of a board at a pixel ratio takes: it may be of one page, or of pages that are drawn smaller. */
export function maxDrawingSeconds(cost: DrawingCost, picture: Picture): number {
  if (picture.format === 'pdf') return secondsAt(cost, picture, 1);
  return 'pixelRatio' in picture.scale ? secondsAt(cost, picture, picture.scale.pixelRatio) : Infinity;
}

/** @throws DrawingTooLargeError when a picture needs more than the budget */
export function checkDrawingBudget(
  { pageCount, seconds }: Pick<DrawingMeasure, 'pageCount' | 'seconds'>,
  picture: Picture,
  budgetSeconds: number,
): void {
  if (seconds <= budgetSeconds) return;
  const pages = pageCount === 1 ? 'one page' : `${pageCount} pages`;
  throw new DrawingTooLargeError(
    `The drawing is too large: ${nameOf(picture)} of ${pages} needs about ${Math.ceil(seconds)} s of drawing time; ` +
      `at most ${budgetSeconds} s are allowed. ${adviceFor(picture, pageCount)}`,
  );
}

function secondsAt(cost: DrawingCost, { format }: Picture, ratio: number): number {
  return format === 'pdf' ? cost.pdf : cost.base + ratio * cost.perRatio + ratio * ratio * cost.perArea;
}

function nameOf(picture: Picture): string {
  if (picture.format === 'pdf') return 'a PDF';
  return 'pixelRatio' in picture.scale ? `a PNG at pixel_ratio ${picture.scale.pixelRatio}` : 'a thumbnail';
}

function adviceFor({ format }: Picture, pageCount: number): string {
  if (format === 'pdf')
    return pageCount === 1 ? 'Put less on the page.' : 'Split the board into boards of fewer pages.';
  return pageCount === 1 ? 'Lower pixel_ratio, or put less on the page.' : 'Lower pixel_ratio, or export fewer pages.';
}
