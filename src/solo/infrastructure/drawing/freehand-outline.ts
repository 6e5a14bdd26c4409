import type { FreehandOptions } from '../../model/board/board';
import type { Points } from '../../model/board/points';
import { doubled, FreehandPath } from './freehand-path';
import type { PathSink } from './surface';

/** The polygon around a freehand stroke: x and y of each vertex in turn. */
export type Outline = Float64Array;

/** Slightly more than half a turn, so that arcs overlap their neighbours. */
const HALF_TURN = Math.PI + 1e-4;
const CORNER = createArc(13, { turns: 1, from: 0, isClosed: true });
const START_CAP = createArc(13, { turns: 1, from: 1, isClosed: true });
const END_CAP = createArc(29, { turns: 3, from: 1, isClosed: false });
const DOT = createArc(13, { turns: 2, from: 1, isClosed: true });

/** How strongly speed changes the simulated pressure. */
const PRESSURE_CHANGE = 0.275;
/** The points from which the first simulated pressure is averaged. */
const FIRST_PRESSURES = 10;
/** Points that are closer to the end of the stroke are left to its cap. */
const END_LENGTH = 3;
const MIN_RADIUS = 0.01;

/**
 * Computes the polygon of a freehand stroke. It is empty when the stroke is invisible. The vertices
 * are those of `perfect-freehand`, which the front end draws with, for a thinning, smoothing and
 * streamline of 0.5; flat arrays make it several times faster.
 */
export function computeOutline(points: Points, options: FreehandOptions): Outline {
  if (options.size <= 0 || points.length === 0) return new Float64Array(0);
  path.load(points, options.size, options.spline);
  return new OutlineBuilder(options).build();
}

/**
 * Adds an outline to a path.
 * @param rounded joins the middles of the edges by curves instead of drawing straight edges
 * @param round rounds a coordinate, as shorter numbers make a smaller PDF
 */
export function traceOutline(
  sink: PathSink,
  outline: Outline,
  rounded: boolean,
  round: (value: number) => number,
): void {
  const { length } = outline;
  if (length === 0) return;
  const at = (index: number): number => round(outline[index] ?? 0);
  sink.moveTo(at(0), at(1));
  if (!rounded) {
    for (let i = 2; i < length; i += 2) sink.lineTo(at(i), at(i + 1));
    sink.closePath();
    return;
  }
  for (let i = 0; i < length; i += 2) {
    const next = (i + 2) % length;
    const [x, y] = [outline[i] ?? 0, outline[i + 1] ?? 0];
    const [nextX, nextY] = [outline[next] ?? 0, outline[next + 1] ?? 0];
    sink.quadraticCurveTo(round(x), round(y), round((x + nextX) / 2), round((y + nextY) / 2));
  }
  sink.closePath();
}

/** The sines and cosines of the steps of an arc. */
interface Arc {
  readonly sin: Float64Array;
  readonly cos: Float64Array;
}

function createArc(steps: number, { turns, from, isClosed }: { turns: number; from: 0 | 1; isClosed: boolean }): Arc {
  const angles: number[] = [];
  // Adds up the steps like perfect-freehand: rounding decides whether the last one is part of the arc.
  for (let t = from / steps; isClosed ? t <= 1 : t < 1; t += 1 / steps) angles.push(HALF_TURN * turns * t);
  return { sin: Float64Array.from(angles, Math.sin), cos: Float64Array.from(angles, Math.cos) };
}

class VertexList {
  length = 0;
  values = new Float64Array(4096);

  push(x: number, y: number): void {
    if (this.length + 2 > this.values.length) this.values = doubled(this.values);
    this.values[this.length] = x;
    this.values[this.length + 1] = y;
    this.length += 2;
  }

  /** Adds a point that rotates about a centre. */
  pushArc(x: number, y: number, centreX: number, centreY: number, { sin, cos }: Arc, direction = 1): void {
    const [dx, dy] = [x - centreX, y - centreY];
    for (let i = 0; i < sin.length; i += 1) {
      const s = direction * (sin[i] ?? 0);
      const c = cos[i] ?? 0;
      this.push(dx * c - dy * s + centreX, dx * s + dy * c + centreY);
    }
  }
}

const path = new FreehandPath();
const left = new VertexList();
const right = new VertexList();

/** Builds the outline of `path` from both of its sides and its caps. */
class OutlineBuilder {
  private readonly size: number;
  private readonly minDistance: number;
  private pressure: number;
  private radius: number;
  private backX = path.backX[0] ?? 0;
  private backY = path.backY[0] ?? 0;
  private wasSharp = false;
  private leftX = path.x[0] ?? 0;
  private leftY = path.y[0] ?? 0;
  private rightX = path.x[0] ?? 0;
  private rightY = path.y[0] ?? 0;

  constructor(private readonly options: FreehandOptions) {
    this.size = options.size;
    this.minDistance = (options.size * 0.5) ** 2;
    this.pressure = this.averageFirstPressures();
    this.radius = this.radiusAt(path.pressure[path.length - 1] ?? 0);
    left.length = 0;
    right.length = 0;
  }

  build(): Outline {
    const last = path.length - 1;
    const end = path.travelled[last] ?? 0;
    let firstRadius = NaN;
    for (let i = 0; i <= last; i += 1) {
      if (i < last && end - (path.travelled[i] ?? 0) < END_LENGTH) continue;
      const pressure = this.pressureAt(i, this.pressure);
      this.radius = Math.max(MIN_RADIUS, this.radiusAt(pressure));
      if (Number.isNaN(firstRadius)) firstRadius = this.radius;
      this.addSides(i, i === last, pressure);
    }
    return last === 0 ? this.dot(firstRadius) : this.join(last);
  }

  private addSides(i: number, isLast: boolean, pressure: number): void {
    const [x, y, backX, backY] = [path.x[i] ?? 0, path.y[i] ?? 0, path.backX[i] ?? 0, path.backY[i] ?? 0];
    const [nextX, nextY] = isLast ? [backX, backY] : [path.backX[i + 1] ?? 0, path.backY[i + 1] ?? 0];
    const straightness = isLast ? 1 : backX * nextX + backY * nextY;
    const turnsNext = straightness < 0;
    if (turnsNext || (!this.wasSharp && backX * this.backX + backY * this.backY < 0)) {
      this.addCorner(x, y);
      if (turnsNext) this.wasSharp = true;
      return;
    }
    this.wasSharp = false;
    const alongX = isLast ? backX : nextX + (backX - nextX) * straightness;
    const alongY = isLast ? backY : nextY + (backY - nextY) * straightness;
    const [dx, dy] = [alongY * this.radius, -alongX * this.radius];
    if (isLast) {
      left.push(x - dx, y - dy);
      right.push(x + dx, y + dy);
      return;
    }
    this.addLeft(x - dx, y - dy, i <= 1);
    this.addRight(x + dx, y + dy, i <= 1);
    this.pressure = pressure;
    this.backX = backX;
    this.backY = backY;
  }

  /** Turns both sides around a point where the stroke turns by more than a right angle. */
  private addCorner(x: number, y: number): void {
    const [dx, dy] = [this.backY * this.radius, -this.backX * this.radius];
    left.pushArc(x - dx, y - dy, x, y, CORNER);
    right.pushArc(x + dx, y + dy, x, y, CORNER, -1);
    this.leftX = left.values[left.length - 2] ?? 0;
    this.leftY = left.values[left.length - 1] ?? 0;
    this.rightX = right.values[right.length - 2] ?? 0;
    this.rightY = right.values[right.length - 1] ?? 0;
  }

  private addLeft(x: number, y: number, always: boolean): void {
    const [dx, dy] = [this.leftX - x, this.leftY - y];
    if (!always && dx * dx + dy * dy <= this.minDistance) return;
    left.push(x, y);
    this.leftX = x;
    this.leftY = y;
  }

  private addRight(x: number, y: number, always: boolean): void {
    const [dx, dy] = [this.rightX - x, this.rightY - y];
    if (!always && dx * dx + dy * dy <= this.minDistance) return;
    right.push(x, y);
    this.rightX = x;
    this.rightY = y;
  }

  /** The left side, the cap at the end, the right side backwards, and the cap at the start. */
  private join(last: number): Outline {
    const [x, y] = [path.x[last] ?? 0, path.y[last] ?? 0];
    const [dx, dy] = [-(path.backY[last] ?? 0) * this.radius, (path.backX[last] ?? 0) * this.radius];
    left.pushArc(x + dx, y + dy, x, y, END_CAP);
    for (let i = right.length - 2; i >= 0; i -= 2) left.push(right.values[i] ?? 0, right.values[i + 1] ?? 0);
    left.pushArc(right.values[0] ?? 0, right.values[1] ?? 0, path.x[0] ?? 0, path.y[0] ?? 0, START_CAP);
    return left.values.slice(0, left.length);
  }

  /** A stroke whose points are all the same is a dot. */
  private dot(radius: number): Outline {
    const [x, y] = [path.x[0] ?? 0, path.y[0] ?? 0];
    left.length = 0;
    left.pushArc(x + Math.SQRT1_2 * radius, y - Math.SQRT1_2 * radius, x, y, DOT);
    return left.values.slice(0, left.length);
  }

  private averageFirstPressures(): number {
    let average = path.pressure[0] ?? 0;
    for (let i = 0; i < Math.min(FIRST_PRESSURES, path.length); i += 1) {
      average = (average + this.pressureAt(i, average)) / 2;
    }
    return average;
  }

  /** The pressure of the pen, or one that is simulated: less where the stroke is faster. */
  private pressureAt(i: number, previous: number): number {
    if (!this.options.simulatePressure) return path.pressure[i] ?? 0;
    const speed = Math.min(1, (path.distance[i] ?? 0) / this.size);
    return Math.min(1, previous + (Math.min(1, 1 - speed) - previous) * (speed * PRESSURE_CHANGE));
  }

  private radiusAt(pressure: number): number {
    return this.size * (0.5 - 0.5 * (0.5 - pressure));
  }
}
