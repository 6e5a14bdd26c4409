import type { Point } from './board';
import { BoardTooLargeError } from './board-errors';
import { field, listOf, objectOf } from './json-fields';
import { limits } from './limits';

/** Reads the points of one board, and counts them: a board beyond all reason is refused before it fills the memory. */
export class PointReader {
  private count = 0;

  /**
   * The drawable points of a stroke: `{x, y}`, `{x, y, pressure}`, `[x, y]` or `[x, y, pressure]`. What is not finite
   * or absurdly far away is left out.
   * @param missingPressure what a point that names no pressure gets; `null` leaves it without
   * @throws BoardTooLargeError when the board's points exceed the limit
   */
  read(value: unknown, missingPressure: number | null): Point[] {
    const entries = listOf(value);
    this.count += entries.length;
    if (this.count > limits.points) {
      throw new BoardTooLargeError(
        `The board holds more than ${limits.points.toLocaleString('en-US')} points, which is too much to draw.`,
      );
    }
    const points: Point[] = [];
    for (const entry of entries) {
      const point = pointOf(entry, missingPressure);
      if (point !== null) points.push(point);
    }
    return points;
  }
}

function pointOf(entry: unknown, missingPressure: number | null): Point | null {
  if (Array.isArray(entry)) return checked(entry[0], entry[1], entry[2] ?? missingPressure);
  const object = objectOf(entry);
  if (object === null) return null;
  return checked(field(object, 'x'), field(object, 'y'), field(object, 'pressure') ?? missingPressure);
}

function checked(x: unknown, y: unknown, pressure: unknown): Point | null {
  if (!isCoordinate(x) || !isCoordinate(y)) return null;
  return typeof pressure === 'number' && pressure >= 0 ? [x, y, Math.min(1, pressure)] : [x, y];
}

function isCoordinate(value: unknown): value is number {
  return typeof value === 'number' && Math.abs(value) <= limits.coordinate;
}
