import { getStroke } from 'perfect-freehand';
import type { Point, Stroking } from '../../model/board/board';
import { STEPS_PER_SEGMENT } from '../../model/board/outline-size';
import type { PathSink } from './surface';

/** How the front end asks perfect-freehand for every stroke. */
const SHAPE = { thinning: 0.5, smoothing: 0.5, streamline: 0.5 };

/** The polygon around a pen stroke, as perfect-freehand draws it; empty when there is nothing to see. */
export function inkOutline(points: readonly Point[], stroking: Stroking): [number, number][] {
  if (stroking.size <= 0) return [];
  const path = stroking.spline ? splined(points) : points;
  return getStroke(path as Point[], { ...SHAPE, size: stroking.size, simulatePressure: stroking.simulatePressure });
}

/**
 * Traces an outline on a path.
 * @param rounded curves through the middles of the edges instead of straight edges
 * @param round rounds a coordinate: shorter numbers make a smaller PDF
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
 * A Catmull-Rom spline through the points, in eight steps from each to the next; pressure changes evenly in between.
 * Fewer than four points stay as they are.
 */
function splined(points: readonly Point[]): readonly Point[] {
  if (points.length < 4) return points;
  const curve: Point[] = [];
  const at = (index: number): Point => points[Math.min(points.length - 1, Math.max(0, index))] ?? [0, 0];
  for (let i = 0; i < points.length - 1; i += 1) {
    for (let step = 0; step < STEPS_PER_SEGMENT; step += 1) {
      curve.push(between(at(i - 1), at(i), at(i + 1), at(i + 2), step / STEPS_PER_SEGMENT));
    }
  }
  curve.push(at(points.length - 1));
  return curve;
}

/** Catmull-Rom at tension 0.5: the tangent in a point is half the way between its neighbours. */
function between(before: Point, from: Point, to: Point, after: Point, t: number): Point {
  const axis = (p0: number, p1: number, p2: number, p3: number): number =>
    0.5 * (2 * p1 + (p2 - p0) * t + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t * t + (3 * p1 - p0 - 3 * p2 + p3) * t * t * t);
  const [fromPressure, toPressure] = [from[2] ?? 0.5, to[2] ?? 0.5];
  return [
    axis(before[0], from[0], to[0], after[0]),
    axis(before[1], from[1], to[1], after[1]),
    fromPressure + (toPressure - fromPressure) * t,
  ];
}
