import type { Points } from '../../model/board/points';
import { STEPS_PER_SEGMENT } from '../../model/board/outline-size';

/** How far a point of the path moves from the previous one towards the point of the pen. */
const FOLLOWING = 0.15 + 0.5 * 0.85;
/** The pressure of a point that has none, and of the first one. */
const DEFAULT_PRESSURE = 0.5;
const DEFAULT_FIRST_PRESSURE = 0.25;

/** A list of points in flat arrays, which is reused: objects for each point would be garbage. */
class PointList {
  length = 0;
  x = new Float64Array(1024);
  y = new Float64Array(1024);
  /** NaN when the point has none. */
  pressure = new Float64Array(1024);

  push(x: number, y: number, pressure: number): void {
    if (this.length === this.x.length) {
      this.x = doubled(this.x);
      this.y = doubled(this.y);
      this.pressure = doubled(this.pressure);
    }
    this.x[this.length] = x;
    this.y[this.length] = y;
    this.pressure[this.length] = pressure;
    this.length += 1;
  }
}

/** The smoothed path of a freehand stroke. Lengths are page pixels. */
export class FreehandPath {
  length = 0;
  x = new Float64Array(1024);
  y = new Float64Array(1024);
  pressure = new Float64Array(1024);
  /** The unit vector from each point back to the previous one. */
  backX = new Float64Array(1024);
  backY = new Float64Array(1024);
  /** From the previous point. */
  distance = new Float64Array(1024);
  /** From the first point. */
  travelled = new Float64Array(1024);
  private readonly input = new PointList();

  /** Replaces the path by that of a stroke. The arrays are valid until the next call. */
  load(points: Points, size: number, spline: boolean): void {
    const { input } = this;
    input.length = 0;
    this.length = 0;
    if (points.length === 0) return;
    if (spline && points.length >= 4) pushSpline(input, points);
    else pushPoints(input, points);
    this.follow(size);
  }

  /** Follows the points of the pen like perfect-freehand with a streamline of 0.5. */
  private follow(size: number): void {
    const { x: xs, y: ys, pressure: pressures, length } = this.input;
    this.reserve(length);
    let [x, y] = [xs[0] ?? 0, ys[0] ?? 0];
    let travelled = 0;
    let hasLeftStart = false;
    this.push(x, y, orDefault(pressures[0] ?? NaN, DEFAULT_FIRST_PRESSURE), 0, 0);
    for (let i = 1; i < length; i += 1) {
      const nextX = x + ((xs[i] ?? 0) - x) * FOLLOWING;
      const nextY = y + ((ys[i] ?? 0) - y) * FOLLOWING;
      if (nextX === x && nextY === y) continue;
      const [dx, dy] = [x - nextX, y - nextY];
      const distance = Math.sqrt(dx * dx + dy * dy);
      travelled += distance;
      // The noise at the start of a stroke would turn its cap.
      if (!hasLeftStart && i < length - 1 && travelled < size) continue;
      if (i < length - 1) hasLeftStart = true;
      [x, y] = [nextX, nextY];
      this.backX[this.length] = dx / distance;
      this.backY[this.length] = dy / distance;
      this.push(x, y, orDefault(pressures[i] ?? NaN, DEFAULT_PRESSURE), distance, travelled);
    }
    this.backX[0] = this.length > 1 ? (this.backX[1] ?? 0) : 0;
    this.backY[0] = this.length > 1 ? (this.backY[1] ?? 0) : 0;
  }

  private push(x: number, y: number, pressure: number, distance: number, travelled: number): void {
    this.x[this.length] = x;
    this.y[this.length] = y;
    this.pressure[this.length] = pressure;
    this.distance[this.length] = distance;
    this.travelled[this.length] = travelled;
    this.length += 1;
  }

  private reserve(length: number): void {
    if (length <= this.x.length) return;
    const size = 2 * length;
    this.x = new Float64Array(size);
    this.y = new Float64Array(size);
    this.pressure = new Float64Array(size);
    this.backX = new Float64Array(size);
    this.backY = new Float64Array(size);
    this.distance = new Float64Array(size);
    this.travelled = new Float64Array(size);
  }
}

/** Twice as long an array with the same start. */
export function doubled(values: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(2 * values.length);
  larger.set(values);
  return larger;
}

function orDefault(pressure: number, missing: number): number {
  return pressure >= 0 ? pressure : missing;
}

/** Like perfect-freehand, gives strokes of one or two points more of them. */
function pushPoints(list: PointList, points: Points): void {
  const push = (index: number) => {
    list.push(points.x(index), points.y(index), points.pressure(index));
  };
  if (points.length === 1) {
    push(0);
    list.push(points.x(0) + 1, points.y(0) + 1, points.pressure(0));
  } else if (points.length === 2) {
    push(0);
    const [x, y] = [points.x(0), points.y(0)];
    for (let step = 1; step <= 4; step += 1) {
      const t = step / 4;
      list.push(x + (points.x(1) - x) * t, y + (points.y(1) - y) * t, NaN);
    }
  } else {
    for (let index = 0; index < points.length; index += 1) push(index);
  }
}

/**
 * Interpolates points by a Catmull-Rom spline with eight steps for each segment, and pressure
 * linearly.
 */
function pushSpline(list: PointList, points: Points): void {
  const last = points.length - 1;
  for (let from = 0; from < last; from += 1) {
    const to = from + 1;
    const [before, after] = [Math.max(0, from - 1), Math.min(last, to + 1)];
    const fromPressure = orDefault(points.pressure(from), DEFAULT_PRESSURE);
    const toPressure = orDefault(points.pressure(to), DEFAULT_PRESSURE);
    for (let step = 0; step < STEPS_PER_SEGMENT; step += 1) {
      const t = step / STEPS_PER_SEGMENT;
      list.push(
        interpolate(points.x(before), points.x(from), points.x(to), points.x(after), t),
        interpolate(points.y(before), points.y(from), points.y(to), points.y(after), t),
        fromPressure + (toPressure - fromPressure) * t,
      );
    }
  }
  list.push(points.x(last), points.y(last), points.pressure(last));
}

/**
 * Catmull-Rom with tension 0.5: the tangent at a point is half of the vector between its
 * neighbours.
 */
function interpolate(p0: number, p1: number, p2: number, p3: number, t: number): number {
  return (
    0.5 * (2 * p1 + (p2 - p0) * t + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t * t + (3 * p1 - p0 - 3 * p2 + p3) * t * t * t)
  );
}
