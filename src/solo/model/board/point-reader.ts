import { limits } from './board';
import { BoardTooLargeError } from './board-errors';
import { parsePointList } from './point-list-parser';
import { PointList, type Points } from './points';
import { asObject, field } from './state-fields';
import { type ListsOfPoints, parseJson } from './state-json';

/**
 * Reads the points of one board and counts them, so that a huge board is refused before it fills
 * the memory.
 */
export class PointReader {
  private count = 0;
  private readonly list = new PointList();

  /** @param lists the lists for which a state has their numbers */
  constructor(private readonly lists?: ListsOfPoints) {}

  /**
   * The points of a stroke: `{x, y}`, `{x, y, pressure}`, `[x, y]` or `[x, y, pressure]`. Invalid
   * points are left out.
   * @param value the list, or its number
   * @param missingPressure the pressure of a point that has none; `null` leaves it without
   * @throws BoardTooLargeError when the board has too many points
   */
  read(value: unknown, missingPressure: number | null): Points {
    const bytes = typeof value === 'number' ? this.lists?.bytesOf(value) : undefined;
    if (bytes === undefined) this.addAll(value, missingPressure);
    else this.addBytes(bytes, missingPressure);
    return this.list.take();
  }

  private addBytes(bytes: Uint8Array, missingPressure: number | null): void {
    const { count } = this;
    const isRead = parsePointList(bytes, (x, y, pressure) => {
      this.add(x, y, pressure ?? missingPressure);
    });
    if (isRead) return;
    this.list.take();
    this.count = count;
    this.addAll(parseJson(bytes), missingPressure);
  }

  private addAll(value: unknown, missingPressure: number | null): void {
    if (!Array.isArray(value)) return;
    for (const entry of value as unknown[]) {
      if (Array.isArray(entry)) this.add(entry[0], entry[1], entry[2] ?? missingPressure);
      else {
        const point = asObject(entry) ?? {};
        this.add(field(point, 'x'), field(point, 'y'), field(point, 'pressure') ?? missingPressure);
      }
    }
  }

  private add(x: unknown, y: unknown, pressure: unknown): void {
    this.count += 1;
    if (this.count > limits.points) {
      throw new BoardTooLargeError(
        `The board holds more than ${limits.points.toLocaleString('en-US')} points, which is too much to draw.`,
      );
    }
    if (!isCoordinate(x) || !isCoordinate(y)) return;
    this.list.push(x, y, typeof pressure === 'number' && pressure >= 0 ? Math.min(1, pressure) : NaN);
  }
}

function isCoordinate(value: unknown): value is number {
  return typeof value === 'number' && Math.abs(value) <= limits.coordinate;
}
