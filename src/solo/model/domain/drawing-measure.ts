import { DomainError } from '../../../platform/errors/domain-error';
import { costOfPage, sumOfCosts } from '../board/drawing-cost';
import { type DrawingMeasure, drawingSeconds } from './drawing-budget';
import { pagesOf } from './drawn-pages';
import type { Picture } from './picture';

/**
 * Reads a board and estimates how long a picture of it takes to draw.
 * @param state JSON text in UTF-8
 * @param maxDepth how deeply it may be nested
 * @returns `null` when the board cannot be drawn at all
 */
export function measureState(state: Uint8Array, picture: Picture, maxDepth: number): DrawingMeasure | null {
  try {
    const { all, drawn } = pagesOf(state, picture, maxDepth);
    const cost = sumOfCosts(all.map(({ page }) => costOfPage(page)));
    return { pageCount: drawn.length, seconds: drawingSeconds(drawn, picture), cost };
  } catch (error) {
    if (error instanceof DomainError) return null;
    throw error;
  }
}
