import type { Point, Size, Stroking } from './board';

/** A spline has so many points from each point to the next. */
export const STEPS_PER_SEGMENT = 8;

/** A turn by more than a right angle gets a round corner of so many points. */
const CORNER_VERTICES = 26;

/** How much work the outline of a pen stroke makes; lengths are page pixels. */
export interface OutlineSize {
  readonly vertices: number;
  /** Both edges, along the axes, as far as they are on the page. */
  readonly length: number;
  /** No more pixels than these are covered. */
  readonly area: number;
  /** An estimate from above of how often edges meet others while the outline is filled line by line. */
  readonly crossings: number;
}

/**
 * Measures the outline of a pen stroke without making it. What is beyond the page costs no more than what is on its edge.
 */
export function outlineSize(points: readonly Point[], stroking: Stroking, page: Size): OutlineSize {
  let [left, top, right, bottom] = [page.width, page.height, 0, 0];
  let [along, rise, corners] = [0, 0, 0];
  let [lastX, lastY, lastDx, lastDy] = [0, 0, 0, 0];
  let isFirst = true;
  // A board may have millions of points: nothing is made for any of them.
  for (const point of points) {
    const x = clamped(point[0], page.width);
    const y = clamped(point[1], page.height);
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
  const edges = 2 * points.length * (stroking.spline ? STEPS_PER_SEGMENT : 1);
  const width = side(left, right, stroking.size, page.width);
  const height = side(top, bottom, stroking.size, page.height);
  return {
    vertices: edges + corners * CORNER_VERTICES,
    length: 2 * along,
    area: Math.min(width * height, (along + stroking.size) * stroking.size),
    crossings: (edges * 2 * rise) / Math.max(1, height),
  };
}

function clamped(value: number, most: number): number {
  return value < 0 ? 0 : value > most ? most : value;
}

/** How much of a page's side a stroke of a width touches. */
function side(low: number, high: number, strokeWidth: number, most: number): number {
  return Math.max(0, Math.min(most, high + strokeWidth) - Math.max(0, low - strokeWidth));
}
