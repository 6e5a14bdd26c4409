import type { DrawingCost } from '../board/drawing-cost';
import { estimateMaxSeconds } from './drawing-budget';
import type { Picture } from './picture';

/** What a picture is expected to be. */
export interface DrawingEstimate {
  readonly bytes: number;
  /** Of a typical core. */
  readonly seconds: number;
}

/** A page with nothing on it. */
const BYTES_PER_PAGE = 3_000;
const PDF_BYTES = 8_000;
/** The share that remains in a zip of several pages. */
const SVG_COMPRESSION = 0.45;

/**
 * What takes long to draw is large in the file: details in both formats, and in a PNG the area. Finished exports correct the
 * figures.
 */
const BYTES_PER_SECOND = { area: 8e6, detail: 3e6, pdf: 4e6, svg: 6e6 };

/**
 * Estimates a picture of a board.
 * @param share the share of the pages that are drawn
 */
export function estimateDrawing(
  cost: DrawingCost,
  picture: Picture,
  { pageCount, share }: { readonly pageCount: number; readonly share: number },
): DrawingEstimate {
  const seconds = estimateMaxSeconds(cost, picture) * share;
  if (picture.format === 'svg') {
    const files = pageCount * share;
    const bytes = files * BYTES_PER_PAGE + cost.pdf * share * BYTES_PER_SECOND.svg;
    return { seconds, bytes: files > 1 ? bytes * SVG_COMPRESSION : bytes };
  }
  if (picture.format === 'pdf') return { seconds, bytes: PDF_BYTES + cost.pdf * share * BYTES_PER_SECOND.pdf };
  const ratio = 'pixelRatio' in picture.scale ? picture.scale.pixelRatio : 1;
  const perRatio = (cost.base + cost.perRatio) * BYTES_PER_SECOND.detail * ratio;
  const bytes = perRatio + cost.perArea * BYTES_PER_SECOND.area * ratio * ratio;
  return { seconds, bytes: (pageCount * BYTES_PER_PAGE + bytes) * share };
}
