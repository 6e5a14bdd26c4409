/** Numbers of a point in the array: x, y and pressure. */
const STRIDE = 3;

export type Position = readonly [x: number, y: number];

/**
 * The points of a stroke, in one array of numbers: a board may have millions, and an object for each takes several times
 * the memory.
 */
export class Points {
  constructor(private readonly values: Float64Array) {}

  static of(points: Iterable<readonly [x: number, y: number, pressure?: number]>): Points {
    const list = new PointList();
    for (const [x, y, pressure = NaN] of points) list.push(x, y, pressure);
    return list.take();
  }

  get length(): number {
    return this.values.length / STRIDE;
  }

  x(index: number): number {
    return this.values[index * STRIDE] ?? NaN;
  }

  y(index: number): number {
    return this.values[index * STRIDE + 1] ?? NaN;
  }

  /** 0..1, or NaN when the point has none. */
  pressure(index: number): number {
    return this.values[index * STRIDE + 2] ?? NaN;
  }

  get first(): Position | undefined {
    return this.positionOf(0);
  }

  get last(): Position | undefined {
    return this.positionOf(this.length - 1);
  }

  everyPressure(predicate: (pressure: number) => boolean): boolean {
    for (let index = 0; index < this.length; index += 1) if (!predicate(this.pressure(index))) return false;
    return true;
  }

  /** The same positions with other pressures. */
  withPressures(map: (pressure: number) => number): Points {
    const values = this.values.slice();
    for (let at = STRIDE - 1; at < values.length; at += STRIDE) values[at] = map(values[at] ?? NaN);
    return new Points(values);
  }

  private positionOf(index: number): Position | undefined {
    return index >= 0 && index < this.length ? [this.x(index), this.y(index)] : undefined;
  }
}

/** Collects the points of one stroke after another. */
export class PointList {
  private values = new Float64Array(3072);
  private length = 0;

  /** @param pressure NaN when the point has none */
  push(x: number, y: number, pressure: number): void {
    if (this.length === this.values.length) {
      const larger = new Float64Array(2 * this.values.length);
      larger.set(this.values);
      this.values = larger;
    }
    this.values[this.length] = x;
    this.values[this.length + 1] = y;
    this.values[this.length + 2] = pressure;
    this.length += STRIDE;
  }

  /** The points since the last call. */
  take(): Points {
    const points = new Points(this.values.slice(0, this.length));
    this.length = 0;
    return points;
  }
}
