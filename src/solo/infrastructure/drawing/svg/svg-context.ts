import { type Canvas, createCanvas, type Image } from '@napi-rs/canvas';
import { parseCssFont } from '../fonts';
import type { Bounds, DrawingContext, MaskingContext, PathSink } from '../surface';
import { formatNumber, type Paint, startTag, toPaint } from './markup';
import { SvgPath } from './svg-path';
import { SvgText } from './svg-text';
import type { SvgOutput } from './svg-output';

interface State {
  fillStyle: string;
  strokeStyle: string;
  lineWidth: number;
  lineCap: DrawingContext['lineCap'];
  lineJoin: DrawingContext['lineJoin'];
  lineDash: readonly number[];
  globalAlpha: number;
  globalCompositeOperation: DrawingContext['globalCompositeOperation'];
  shadowColor: string;
  shadowBlur: number;
  shadowOffsetX: number;
  shadowOffsetY: number;
  font: string;
  matrix: Matrix;
}

/** The members a to f of a transformation matrix. */
type Matrix = readonly [number, number, number, number, number, number];

const IDENTITY: Matrix = [1, 0, 0, 1, 0, 0];

const INITIAL: Readonly<State> = {
  fillStyle: '#000000',
  strokeStyle: '#000000',
  lineWidth: 1,
  lineCap: 'butt',
  lineJoin: 'miter',
  lineDash: [],
  globalAlpha: 1,
  globalCompositeOperation: 'source-over',
  shadowColor: 'transparent',
  shadowBlur: 0,
  shadowOffsetX: 0,
  shadowOffsetY: 0,
  font: '',
  matrix: IDENTITY,
};

/** Writes what is drawn as elements of an SVG. */
export class SvgContext implements MaskingContext {
  mask: string | undefined = undefined;
  private state: State = { ...INITIAL };
  private readonly saved: State[] = [];
  private path = new SvgPath();
  private readonly ruler = createCanvas(1, 1).getContext('2d');
  private readonly text: SvgText;

  /** @param ratio the pixel ratio for which shadows and images are drawn */
  constructor(
    private readonly output: SvgOutput,
    private readonly ratio: number,
  ) {
    this.text = new SvgText(output, this.ruler);
  }

  get fillStyle(): string {
    return this.state.fillStyle;
  }
  /** Gradients and patterns are not used, and ignored. */
  set fillStyle(style: DrawingContext['fillStyle']) {
    if (typeof style === 'string') this.state.fillStyle = style;
  }
  get strokeStyle(): string {
    return this.state.strokeStyle;
  }
  set strokeStyle(style: DrawingContext['strokeStyle']) {
    if (typeof style === 'string') this.state.strokeStyle = style;
  }
  get lineWidth() {
    return this.state.lineWidth;
  }
  set lineWidth(width) {
    // A canvas ignores other widths too.
    if (width > 0) this.state.lineWidth = width;
  }
  get lineCap() {
    return this.state.lineCap;
  }
  set lineCap(cap) {
    this.state.lineCap = cap;
  }
  get lineJoin() {
    return this.state.lineJoin;
  }
  set lineJoin(join) {
    this.state.lineJoin = join;
  }
  get globalAlpha() {
    return this.state.globalAlpha;
  }
  set globalAlpha(alpha) {
    if (alpha >= 0 && alpha <= 1) this.state.globalAlpha = alpha;
  }
  get globalCompositeOperation() {
    return this.state.globalCompositeOperation;
  }
  set globalCompositeOperation(operation) {
    this.state.globalCompositeOperation = operation;
  }
  get shadowColor() {
    return this.state.shadowColor;
  }
  set shadowColor(colour) {
    this.state.shadowColor = colour;
  }
  get shadowBlur() {
    return this.state.shadowBlur;
  }
  set shadowBlur(blur) {
    this.state.shadowBlur = blur;
  }
  get shadowOffsetX() {
    return this.state.shadowOffsetX;
  }
  set shadowOffsetX(offset) {
    this.state.shadowOffsetX = offset;
  }
  get shadowOffsetY() {
    return this.state.shadowOffsetY;
  }
  set shadowOffsetY(offset) {
    this.state.shadowOffsetY = offset;
  }
  get font() {
    return this.state.font;
  }
  set font(font) {
    this.state.font = font;
  }

  save(): void {
    this.saved.push({ ...this.state });
  }

  restore(): void {
    this.state = this.saved.pop() ?? this.state;
  }

  translate(x: number, y: number): void {
    this.transform([1, 0, 0, 1, x, y]);
  }

  scale(x: number, y: number): void {
    this.transform([x, 0, 0, y, 0, 0]);
  }

  rotate(angle: number): void {
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    this.transform([cos, sin, -sin, cos, 0, 0]);
  }

  beginPath(): void {
    this.path = new SvgPath();
  }

  moveTo(x: number, y: number): void {
    this.path.moveTo(x, y);
  }

  lineTo(x: number, y: number): void {
    this.path.lineTo(x, y);
  }

  quadraticCurveTo(controlX: number, controlY: number, x: number, y: number): void {
    this.path.quadraticCurveTo(controlX, controlY, x, y);
  }

  ellipse(x: number, y: number, radiusX: number, radiusY: number): void {
    this.path.ellipse(x, y, radiusX, radiusY);
  }

  roundRect(x: number, y: number, width: number, height: number, radius: number): void {
    this.path.roundRect(x, y, width, height, radius);
  }

  closePath(): void {
    this.path.closePath();
  }

  setLineDash(segments: number[]): void {
    this.state.lineDash = segments;
  }

  fill(): void {
    this.fillPath(this.path);
  }

  stroke(): void {
    this.strokePath(this.path);
  }

  fillRect(x: number, y: number, width: number, height: number): void {
    const path = new SvgPath();
    path.rect(x, y, width, height);
    this.fillPath(path);
  }

  strokeRect(x: number, y: number, width: number, height: number): void {
    const path = new SvgPath();
    path.rect(x, y, width, height);
    this.strokePath(path);
  }

  measureText(text: string) {
    this.ruler.font = this.state.font;
    return this.ruler.measureText(text);
  }

  /** Draws a part of a line. Parts on the same baseline become one text. */
  fillText(text: string, x: number, y: number): void {
    const { font, matrix } = this.state;
    const { size, typeface } = parseCssFont(font);
    const [a, b, c, d, e, f] = matrix;
    const isUpright = b === 0 && c === 0 && a === d && a > 0;
    const place = isUpright ? { x: a * x + e, y: d * y + f, scale: a } : { x, y, scale: 1 };
    this.text.add(
      { text, x: place.x, scale: place.scale, font },
      {
        typeface,
        y: place.y,
        size: size * place.scale,
        paint: this.fillPaint,
        attributes: { ...this.common, transform: isUpright ? undefined : formatMatrix(matrix) },
      },
    );
  }

  drawImage(image: Image | Canvas, x: number, y: number, width: number, height: number): void {
    const { globalAlpha: opacity } = this.state;
    const id = this.output.pictures.add(image);
    const [a, b, c, d, e, f] = multiply(this.state.matrix, [width, 0, 0, height, x, y]);
    this.write('use', {
      href: `#${id}`,
      transform: formatMatrix([a, b, c, d, e, f]),
      opacity: opacity === 1 ? undefined : opacity,
      ...this.common,
    });
  }

  defineShape(trace: (path: PathSink) => void): string {
    const path = new SvgPath();
    trace(path);
    const id = this.output.nextId('shape');
    this.flush();
    this.output.write(`<defs>${startTag('path', { id, d: path.toString() })}/></defs>`);
    return id;
  }

  defineMask(shapes: readonly string[], { left, top, right, bottom }: Bounds): string {
    const id = this.output.nextId('mask');
    const area = new SvgPath();
    area.rect(left, top, right - left, bottom - top);
    const box = { x: left, y: top, width: right - left, height: bottom - top };
    const visible = startTag('path', { fill: '#fff', d: area.toString() });
    const hidden = shapes.map((shape) => `${startTag('use', { href: `#${shape}` })}/>`).join('');
    this.flush();
    this.output.write(`${startTag('mask', { id, maskUnits: 'userSpaceOnUse', ...box })}>${visible}/>${hidden}</mask>`);
    return `url(#${id})`;
  }

  openGroup({ mask, isolated }: { readonly mask?: string; readonly isolated?: boolean }): void {
    this.flush();
    this.output.write(`${startTag('g', { mask, style: isolated ? 'isolation:isolate' : undefined })}>`);
  }

  closeGroup(): void {
    this.flush();
    this.output.write('</g>');
  }

  /** Ends the text that is being collected. */
  flush(): void {
    this.text.flush();
  }

  private fillPath(path: SvgPath): void {
    if (path.isEmpty) return;
    const { colour, opacity } = this.fillPaint;
    this.write('path', {
      fill: colour,
      'fill-opacity': opacity,
      filter: this.shadowOf(path),
      ...this.placement,
      d: path.toString(),
    });
  }

  private strokePath(path: SvgPath): void {
    if (path.isEmpty) return;
    const { strokeStyle, globalAlpha, lineWidth, lineCap, lineJoin, lineDash } = this.state;
    const { colour, opacity } = toPaint(strokeStyle, globalAlpha);
    this.write('path', {
      fill: 'none',
      stroke: colour,
      'stroke-opacity': opacity,
      'stroke-width': lineWidth === 1 ? undefined : lineWidth,
      'stroke-linecap': lineCap === 'butt' ? undefined : lineCap,
      'stroke-linejoin': lineJoin === 'miter' ? undefined : lineJoin,
      'stroke-dasharray': lineDash.length === 0 ? undefined : lineDash.map((length) => formatNumber(length)).join(' '),
      ...this.placement,
      d: path.toString(),
    });
  }

  /** Defines the shadow of a shape, and returns a reference to it. */
  private shadowOf({ bounds }: SvgPath): string | undefined {
    const { shadowColor, shadowBlur, shadowOffsetX, shadowOffsetY } = this.state;
    if (shadowColor === 'transparent' || bounds === null) return undefined;
    const { colour, opacity } = toPaint(shadowColor.replace(/\s*,\s*/g, ', '), 1);
    const [dx, dy] = [shadowOffsetX / this.ratio, shadowOffsetY / this.ratio];
    // Half the blur is the standard deviation, and three of them hold all that is visible.
    const deviation = shadowBlur / this.ratio / 2;
    const reach = 3 * deviation + Math.max(Math.abs(dx), Math.abs(dy));
    const id = this.output.nextId('shadow');
    const filter = startTag('filter', {
      id,
      filterUnits: 'userSpaceOnUse',
      'color-interpolation-filters': 'sRGB',
      x: bounds.left - reach,
      y: bounds.top - reach,
      width: bounds.right - bounds.left + 2 * reach,
      height: bounds.bottom - bounds.top + 2 * reach,
    });
    const shadow = startTag('feDropShadow', {
      dx,
      dy,
      stdDeviation: deviation,
      'flood-color': colour,
      'flood-opacity': opacity,
    });
    this.flush();
    this.output.write(`${filter}>${shadow}/></filter>`);
    return `url(#${id})`;
  }

  private get fillPaint(): Paint {
    return toPaint(this.state.fillStyle, this.state.globalAlpha);
  }

  /** The attributes that every element has. */
  private get common(): Readonly<Record<string, string | undefined>> {
    const isMultiplied = this.state.globalCompositeOperation === 'multiply';
    return { mask: this.mask, style: isMultiplied ? 'mix-blend-mode:multiply' : undefined };
  }

  private get placement(): Readonly<Record<string, string | undefined>> {
    const { matrix } = this.state;
    return { ...this.common, transform: matrix === IDENTITY ? undefined : formatMatrix(matrix) };
  }

  private write(name: string, attributes: Readonly<Record<string, string | number | undefined>>): void {
    this.flush();
    this.output.write(`${startTag(name, attributes)}/>`);
  }

  private transform(matrix: Matrix): void {
    this.state.matrix = multiply(this.state.matrix, matrix);
  }
}

function multiply([a, b, c, d, e, f]: Matrix, [a2, b2, c2, d2, e2, f2]: Matrix): Matrix {
  return [a * a2 + c * b2, b * a2 + d * b2, a * c2 + c * d2, b * c2 + d * d2, a * e2 + c * f2 + e, b * e2 + d * f2 + f];
}

function formatMatrix(matrix: Matrix): string {
  return `matrix(${matrix.map((value) => formatNumber(value, 6)).join(' ')})`;
}
