import type { Bounds, PathSink } from '../surface';
import { formatNumber } from './markup';

/** Units of a path for each page pixel. Whole units keep relative coordinates from drifting. */
const UNITS = 100;

/** The data of a path, with relative coordinates of two decimals. */
export class SvgPath implements PathSink {
  /** `null` until there is a point. */
  bounds: { -readonly [Side in keyof Bounds]: number } | null = null;
  private data = '';
  private command = '';
  /** The current point and the start of the subpath, in units. */
  private x = 0;
  private y = 0;
  private startX = 0;
  private startY = 0;

  get isEmpty(): boolean {
    return this.data === '';
  }

  moveTo(x: number, y: number): void {
    [this.x, this.y] = [toUnits(x), toUnits(y)];
    [this.startX, this.startY] = [this.x, this.y];
    this.add('M', this.x, this.y);
    // Coordinates after those of an M would be absolute lines.
    this.command = '';
    this.include(x, y);
  }

  lineTo(x: number, y: number): void {
    const [toX, toY] = [toUnits(x), toUnits(y)];
    if (toY === this.y) this.add('h', toX - this.x);
    else if (toX === this.x) this.add('v', toY - this.y);
    else this.add('l', toX - this.x, toY - this.y);
    [this.x, this.y] = [toX, toY];
    this.include(x, y);
  }

  quadraticCurveTo(controlX: number, controlY: number, x: number, y: number): void {
    const [toX, toY] = [toUnits(x), toUnits(y)];
    this.add('q', toUnits(controlX) - this.x, toUnits(controlY) - this.y, toX - this.x, toY - this.y);
    [this.x, this.y] = [toX, toY];
    this.include(controlX, controlY);
    this.include(x, y);
  }

  closePath(): void {
    this.data += 'z';
    this.command = 'z';
    [this.x, this.y] = [this.startX, this.startY];
  }

  rect(x: number, y: number, width: number, height: number): void {
    this.moveTo(x, y);
    this.lineTo(x + width, y);
    this.lineTo(x + width, y + height);
    this.lineTo(x, y + height);
    this.closePath();
  }

  /** A whole ellipse. */
  ellipse(x: number, y: number, radiusX: number, radiusY: number): void {
    this.moveTo(x + radiusX, y);
    this.arcTo(radiusX, radiusY, x - radiusX, y);
    this.arcTo(radiusX, radiusY, x + radiusX, y);
    this.include(x, y - radiusY);
    this.include(x, y + radiusY);
  }

  roundRect(x: number, y: number, width: number, height: number, maxRadius: number): void {
    const radius = Math.min(maxRadius, width / 2, height / 2);
    const [right, bottom] = [x + width, y + height];
    this.moveTo(x + radius, y);
    this.lineTo(right - radius, y);
    this.arcTo(radius, radius, right, y + radius);
    this.lineTo(right, bottom - radius);
    this.arcTo(radius, radius, right - radius, bottom);
    this.lineTo(x + radius, bottom);
    this.arcTo(radius, radius, x, bottom - radius);
    this.lineTo(x, y + radius);
    this.arcTo(radius, radius, x + radius, y);
    this.closePath();
  }

  toString(): string {
    return this.data;
  }

  /** A clockwise arc of at most half of an ellipse. */
  private arcTo(radiusX: number, radiusY: number, x: number, y: number): void {
    const [toX, toY] = [toUnits(x), toUnits(y)];
    this.data += `a${toText(toUnits(radiusX))} ${toText(toUnits(radiusY))} 0 0 1`;
    this.command = 'a';
    this.addNumbers(false, [toX - this.x, toY - this.y]);
    [this.x, this.y] = [toX, toY];
    this.include(x, y);
  }

  private add(command: string, ...numbers: readonly number[]): void {
    const isNew = command !== this.command;
    if (isNew) this.data += command;
    this.command = command;
    this.addNumbers(isNew, numbers);
  }

  private addNumbers(isFirst: boolean, numbers: readonly number[]): void {
    for (const number of numbers) {
      const text = toText(number);
      // A minus separates numbers as well as a space.
      this.data += isFirst || text.startsWith('-') ? text : ` ${text}`;
      isFirst = false;
    }
  }

  private include(x: number, y: number): void {
    this.bounds ??= { left: x, top: y, right: x, bottom: y };
    const { bounds } = this;
    if (x < bounds.left) bounds.left = x;
    if (x > bounds.right) bounds.right = x;
    if (y < bounds.top) bounds.top = y;
    if (y > bounds.bottom) bounds.bottom = y;
  }
}

function toUnits(value: number): number {
  return Math.round(value * UNITS);
}

/** Most coordinates are small, and formatting them takes most of the time of a drawing. */
const smallTexts: string[] = [];
const SMALL_UNITS = 4096;

function toText(units: number): string {
  if (units <= -SMALL_UNITS || units >= SMALL_UNITS) return formatNumber(units / UNITS, 2);
  return (smallTexts[units + SMALL_UNITS] ??= formatNumber(units / UNITS, 2));
}
