import type { FreehandOptions, Size } from './board';
import type { Points } from './points';

/** Points of a spline for each segment of the stroke. */
export const STEPS_PER_SEGMENT = 8;

/** Vertices of the round corner at a turn of more than 90 degrees. */
const CORNER_VERTICES = 26;

/**
 * The size of a freehand stroke's outline, from which the cost of drawing it follows. Lengths are
 * page pixels.
 */
export interface OutlineSize {
  readonly vertices: number;
  /** Of both edges within the page, measured along the axes. */
  readonly length: number;
  /** An upper bound of the covered pixels. */
  readonly area: number;
  /** An upper bound of how often edges cross others while the outline is filled line by line. */
  readonly crossings: number;
}

/**
 * Measures the outline of a freehand stroke without computing it. Points beyond the page count as
 * points on its edge.
 */
export function measureOutline(points: Points, options: FreehandOptions, page: Size): OutlineSize {
  let [left, top, right, bottom] = [page.width, page.height, 0, 0];
  let [along, rise, corners] = [0, 0, 0];
  let [lastX, lastY, lastDx, lastDy] = [0, 0, 0, 0];
  let isFirst = true;
  // A board may have millions of points: the loop allocates nothing.
  for (let index = 0; index < points.length; index += 1) {
    const x = clamped(points.x(index), page.width);
    const y = clamped(points.y(index), page.height);
    if (x < left) left = x;
    if (x > right) right = x;
    if (y < top) top = y;
    if (y > bottom) bottom = y;
    const dx = isFirst ? 0 : x - lastX;
    const dy = isFirst ? 0 : y - lastY;
    if (dx * lastDx + dy * lastDy < 0) corners += 1;
    rise += dy < 0 ? -dy : dy;
    along += (dx < 0 ? -dx : dx) + (dy < 0 ? -dy : dy);
    lastX = x;
    lastY = y;
    lastDx = dx;
    lastDy = dy;
    isFirst = false;
  }
  const edges = 2 * points.length * (options.spline ? STEPS_PER_SEGMENT : 1);
  const width = side(left, right, options.size, page.width);
  const height = side(top, bottom, options.size, page.height);
  return {
    vertices: edges + corners * CORNER_VERTICES,
    length: 2 * along,
    area: Math.min(width * height, (along + options.size) * options.size),
    crossings: (edges * 2 * rise) / Math.max(1, height),
  };
}

function clamped(value: number, max: number): number {
  return value < 0 ? 0 : value > max ? max : value;
}

/** The length of a page's side that a stroke touches. */
function side(low: number, high: number, strokeWidth: number, max: number): number {
  return Math.max(0, Math.min(max, high + strokeWidth) - Math.max(0, low - strokeWidth));
}
