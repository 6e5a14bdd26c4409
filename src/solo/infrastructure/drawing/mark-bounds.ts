import type { Mark } from '../../model/board/board';

export interface Bounds {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

const EVERYWHERE: Bounds = { left: -Infinity, top: -Infinity, right: Infinity, bottom: Infinity };

/** A box that certainly holds a mark; text, whose size only its font knows, may be everywhere. */
export function boundsOf(mark: Mark): Bounds {
  switch (mark.kind) {
    case 'ink':
    case 'eraser':
      // Full pressure makes a stroke three quarters of its size thick on either side; a spline overshoots a little.
      return boundsOfPoints(mark.points, mark.stroking.size * (mark.stroking.spline ? 4 : 1));
    case 'line':
    case 'arrow': {
      const reach = 2 * mark.lineWidth + (mark.kind === 'arrow' ? mark.headLength : 0);
      const ends: [number, number][] = [
        [mark.fromX, mark.fromY],
        [mark.toX, mark.toY],
      ];
      return boundsOfPoints(ends, reach);
    }
    case 'rectangle': {
      const corners: [number, number][] = [
        [mark.x, mark.y],
        [mark.x + mark.width, mark.y + mark.height],
      ];
      return boundsOfPoints(corners, mark.lineWidth);
    }
    case 'ellipse':
      return boundsOfPoints([[mark.x, mark.y]], Math.max(mark.radiusX, mark.radiusY) + mark.lineWidth);
    case 'writing':
    case 'note':
      return EVERYWHERE;
  }
}

export function overlap(a: Bounds, b: Bounds): boolean {
  return a.left <= b.right && b.left <= a.right && a.top <= b.bottom && b.top <= a.bottom;
}

function boundsOfPoints(points: readonly (readonly number[])[], reach: number): Bounds {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x = 0, y = 0] of points) {
    left = Math.min(left, x);
    top = Math.min(top, y);
    right = Math.max(right, x);
    bottom = Math.max(bottom, y);
  }
  return { left: left - reach, top: top - reach, right: right + reach, bottom: bottom + reach };
}
