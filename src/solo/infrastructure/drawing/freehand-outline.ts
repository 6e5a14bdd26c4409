import { getStroke } from 'perfect-freehand';
import type { FreehandOptions, Point } from '../../model/board/board';
import { STEPS_PER_SEGMENT } from '../../model/board/outline-size';
import type { PathSink } from './surface';

/** The options that the front end passes to perfect-freehand. */
const FREEHAND_SHAPE = { thinning: 0.5, smoothing: 0.5, streamline: 0.5 };

/**
 * Computes the polygon of a freehand stroke with perfect-freehand. It is empty when the stroke is
 * invisible.
 */
export function computeOutline(points: readonly Point[], options: FreehandOptions): [number, number][] {
  if (options.size <= 0) return [];
  const path = options.spline ? toSpline(points) : points;
  return getStroke(path as Point[], {
    ...FREEHAND_SHAPE,
    size: options.size,
    simulatePressure: options.simulatePressure,
  });
}

/**
 * Adds an outline to a path.
 * @param rounded joins the middles of the edges by curves instead of drawing straight edges
 * @param round rounds a coordinate, as shorter numbers make a smaller PDF
 */
export function traceOutline(
  sink: PathSink,
  outline: readonly [number, number][],
  rounded: boolean,
  round: (value: number) => number,
): void {
  const first = outline[0];
  if (!first) return;
  sink.moveTo(round(first[0]), round(first[1]));
  if (!rounded) {
    for (let i = 1; i < outline.length; i += 1) {
      const [x, y] = outline[i] ?? first;
      sink.lineTo(round(x), round(y));
    }
    sink.closePath();
    return;
  }
  for (let i = 0; i < outline.length; i += 1) {
    const [x, y] = outline[i] ?? first;
    const [nextX, nextY] = outline[i + 1] ?? first;
    sink.quadraticCurveTo(round(x), round(y), round((x + nextX) / 2), round((y + nextY) / 2));
  }
  sink.closePath();
}

/**
 * Interpolates points by a Catmull-Rom spline with eight steps for each segment, and pressure
 * linearly. Fewer than four points are returned unchanged.
 */
function toSpline(points: readonly Point[]): readonly Point[] {
  if (points.length < 4) return points;
  const curve: Point[] = [];
  const at = (index: number): Point => points[Math.min(points.length - 1, Math.max(0, index))] ?? [0, 0];
  for (let i = 0; i < points.length - 1; i += 1) {
    for (let step = 0; step < STEPS_PER_SEGMENT; step += 1) {
      curve.push(interpolate(at(i - 1), at(i), at(i + 1), at(i + 2), step / STEPS_PER_SEGMENT));
    }
  }
  curve.push(at(points.length - 1));
  return curve;
}

/**
 * Catmull-Rom with tension 0.5: the tangent at a point is half of the vector between its
 * neighbours.
 */
function interpolate(before: Point, from: Point, to: Point, after: Point, t: number): Point {
  const axis = (p0: number, p1: number, p2: number, p3: number): number =>
    0.5 * (2 * p1 + (p2 - p0) * t + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t * t + (3 * p1 - p0 - 3 * p2 + p3) * t * t * t);
  const [fromPressure, toPressure] = [from[2] ?? 0.5, to[2] ?? 0.5];
  return [
    axis(before[0], from[0], to[0], after[0]),
    axis(before[1], from[1], to[1], after[1]),
    fromPressure + (toPressure - fromPressure) * t,
  ];
}
