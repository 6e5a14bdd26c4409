import { DomainError } from '../../../platform/errors/domain-error';
import { limits, type Page } from '../board/board';
import { BoardTooLargeError, PageNotFoundError } from '../board/board-errors';
import { readBoard } from '../board/board-reader';
import { capPixelRatio, type DrawingCost, estimatePageCost, sumCosts } from '../board/drawing-cost';
import { parseState, scanState } from '../board/state-json';
import { type Picture, requestedPixelRatio, selectedPage } from './picture';

/** A picture takes more drawing time than its budget. */
export class DrawingTooLargeError extends DomainError {
  constructor(message: string) {
    super('unprocessable', 'drawing-too-large', message);
    this.name = 'DrawingTooLargeError';
  }
}

/** The estimate for a picture of a board. */
export interface DrawingMeasure {
  /** The number of pages in the picture. */
  readonly pageCount: number;
  /** The drawing time of the picture, in seconds of a typical core. */
  readonly seconds: number;
  /** The cost of all pages of the board, from which the time of any picture follows. */
  readonly cost: DrawingCost;
}

export interface NumberedPage {
  readonly page: Page;
  /** Counted from 1. */
  readonly number: number;
}

/**
 * Reads a board and selects the pages of a picture.
 * @param state JSON in UTF-8
 * @param maxDepth how deeply the JSON may be nested
 * @throws MalformedStateError, PageNotFoundError, BoardTooLargeError, BoardTooDeepError
 */
export function readPages(
  state: Uint8Array,
  picture: Picture,
  maxDepth: number,
): { all: NumberedPage[]; selected: NumberedPage[] } {
  // Boards from before there were limits are refused before they are parsed, which might take
  // gigabytes.
  const scanned = scanState(state, maxDepth);
  const { pageCount } = scanned;
  if (pageCount > limits.pages) {
    throw new BoardTooLargeError(`The board has ${pageCount} pages; at most ${limits.pages} can be exported at once.`);
  }
  const { pages } = readBoard(parseState(scanned), scanned.lists);
  const all = pages.map((page, index) => ({ page, number: index + 1 }));
  const page = selectedPage(picture);
  if (page === undefined) return { all, selected: all };
  const selected = all[page - 1];
  if (selected === undefined) throw PageNotFoundError.of(page, pages.length);
  return { all, selected: [selected] };
}

/**
 * Reads a board and estimates the drawing time of a picture.
 * @param state JSON in UTF-8
 * @param maxDepth how deeply the JSON may be nested
 * @returns `null` when the board cannot be drawn
 */
export function measureState(state: Uint8Array, picture: Picture, maxDepth: number): DrawingMeasure | null {
  try {
    const { all, selected } = readPages(state, picture, maxDepth);
    const cost = sumCosts(all.map(({ page }) => estimatePageCost(page)));
    return { pageCount: selected.length, seconds: estimateSeconds(selected, picture), cost };
  } catch (error) {
    if (error instanceof DomainError) return null;
    throw error;
  }
}

/** The drawing time of pages, in seconds of a typical core. */
export function estimateSeconds(pages: readonly NumberedPage[], picture: Picture): number {
  return pages.reduce((seconds, { page }) => {
    const ratio = picture.format === 'png' ? capPixelRatio(page.size, requestedPixelRatio(picture, page.size)) : 1;
    return seconds + secondsAtRatio(estimatePageCost(page), picture, ratio);
  }, 0);
}

/**
 * An upper bound of the drawing time of a picture: it may have only one page, or pages with a
 * capped pixel ratio.
 */
export function estimateMaxSeconds(cost: DrawingCost, picture: Picture): number {
  if (picture.format !== 'png') return secondsAtRatio(cost, picture, 1);
  return 'pixelRatio' in picture.scale ? secondsAtRatio(cost, picture, picture.scale.pixelRatio) : Infinity;
}

/** @throws DrawingTooLargeError when a picture exceeds the budget */
export function checkDrawingBudget(
  { pageCount, seconds }: Pick<DrawingMeasure, 'pageCount' | 'seconds'>,
  picture: Picture,
  budgetSeconds: number,
): void {
  if (seconds <= budgetSeconds) return;
  const pages = pageCount === 1 ? 'one page' : `${pageCount} pages`;
  throw new DrawingTooLargeError(
    `The drawing is too large: ${describePicture(picture)} of ${pages} needs about ${Math.ceil(seconds)} s of drawing ` +
      `time; at most ${budgetSeconds} s are allowed. ${suggestSmaller(picture, pageCount)}`,
  );
}

function secondsAtRatio(cost: DrawingCost, { format }: Picture, ratio: number): number {
  // The same outlines and texts are computed and written as vectors; an SVG is not cut, and takes less.
  return format !== 'png' ? cost.pdf : cost.base + ratio * cost.perRatio + ratio * ratio * cost.perArea;
}

function describePicture(picture: Picture): string {
  if (picture.format === 'pdf') return 'a PDF';
  if (picture.format === 'svg') return 'an SVG';
  return 'pixelRatio' in picture.scale ? `a PNG at pixel_ratio ${picture.scale.pixelRatio}` : 'a thumbnail';
}

function suggestSmaller({ format }: Picture, pageCount: number): string {
  if (format === 'pdf')
    return pageCount === 1 ? 'Put less on the page.' : 'Split the board into boards of fewer pages.';
  if (format === 'svg') return pageCount === 1 ? 'Put less on the page.' : 'Export single pages.';
  return pageCount === 1 ? 'Lower pixel_ratio, or put less on the page.' : 'Lower pixel_ratio, or export fewer pages.';
}
