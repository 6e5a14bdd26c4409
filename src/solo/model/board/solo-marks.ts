import type { Arrow, Ellipse, Line, Mark, Note, Point, Rectangle, Span, Stroking, Writing } from './board';
import {
  coordinateField,
  fontSizeField,
  inkColour,
  lengthField,
  opacityField,
  sizeField,
  textColour,
} from './field-readers';
import { field, hasField, numberOf, textOf, type JsonObject } from './json-fields';
import { limits } from './limits';
import type { PointReader } from './point-reader';

/** What a canvas line measures when the board does not say. */
export const DEFAULT_LINE_WIDTH = 2;
/** What perfect-freehand draws with when the board does not say. */
export const DEFAULT_INK_SIZE = 16;
const DEFAULT_HEAD_LENGTH = 15;
const HIGHLIGHTER_OPACITY = 0.4;

/** A solo stroke hands its raw points to perfect-freehand: there a point without pressure counts as 0.5. */
const SOLO_PRESSURE = 0.5;

/** A stroke of the solo board, or `null` when the screen shows nothing for it. */
export function soloStroke(stroke: JsonObject, points: PointReader): Mark | null {
  const tool = field(stroke, 'tool');
  const path = points.read(field(stroke, 'points'), SOLO_PRESSURE);
  if (tool === 'text') return strokeText(stroke, path);
  const first = path[0];
  const last = path.at(-1);
  if (path.length < 2 || !first || !last) return null;
  if (tool === 'eraser' || field(stroke, 'composite') === 'destination-out') {
    return { kind: 'eraser', points: path, stroking: soloStroking(stroke) };
  }
  const colour = inkColour(stroke);
  if (colour === null) return null;
  const outline = { colour, opacity: 1, lineWidth: sizeField(stroke, DEFAULT_LINE_WIDTH) };
  switch (tool) {
    // The first lesson boards knew a pen and an eraser only, and named no tool.
    case undefined:
    case 'pen':
      return ink(stroke, path, colour, opacityField(stroke));
    case 'highlighter':
      return ink(stroke, path, colour, HIGHLIGHTER_OPACITY);
    case 'line':
      return { kind: 'line', ...outline, ...spanOf(first, last) };
    case 'arrow':
      return { kind: 'arrow', ...outline, ...spanOf(first, last), ...heads(stroke) };
    case 'rectangle':
      return { kind: 'rectangle', ...outline, ...boxOf(first, last) };
    case 'circle': {
      const radius = Math.hypot(last[0] - first[0], last[1] - first[1]);
      return { kind: 'ellipse', ...outline, x: first[0], y: first[1], radiusX: radius, radiusY: radius };
    }
    default:
      return null;
  }
}

/** A shape of the solo board, or `null` when the screen shows nothing for it. */
export function soloShape(shape: JsonObject): Line | Arrow | Rectangle | Ellipse | null {
  const colour = inkColour(shape);
  if (colour === null) return null;
  const outline = { colour, opacity: 1, lineWidth: sizeField(shape, DEFAULT_LINE_WIDTH) };
  switch (field(shape, 'type')) {
    case 'line': {
      const plain = !field(shape, 'arrowStart') && !field(shape, 'arrowEnd');
      return plain ? { kind: 'line', ...outline, ...shapeSpan(shape) } : shapeArrow(shape, outline);
    }
    case 'arrow':
      return shapeArrow(shape, outline);
    case 'rectangle': {
      const width = coordinateField(shape, 'width');
      const height = coordinateField(shape, 'height');
      const corner = { x: coordinateField(shape, 'x'), y: coordinateField(shape, 'y') };
      return { kind: 'rectangle', ...outline, ...corner, width, height };
    }
    case 'circle':
      return circle(shape, outline);
    default:
      return null;
  }
}

/** An entry of `texts[]`: plain text or a note; anything but a note is read as text. */
export function soloText(text: JsonObject): Writing | Note | null {
  const content = textOf(field(text, 'text'), limits.textLength);
  const at = { x: coordinateField(text, 'x'), y: coordinateField(text, 'y') };
  const fontSize = fontSizeField(text, 'fontSize', DEFAULT_INK_SIZE);
  const colour = textColour(text);
  const width = lengthField(text, 'width') ?? 0;
  if (field(text, 'type') === 'note') {
    const height = lengthField(text, 'height') ?? 0;
    return { kind: 'note', ...at, text: content, fontSize, colour, width: width || null, height: height || null };
  }
  if (content === '') return null;
  return {
    kind: 'writing',
    ...at,
    text: content,
    typeface: 'arial',
    fontSize,
    colour,
    opacity: 1,
    wrapWidth: width || null,
  };
}

function strokeText(stroke: JsonObject, path: readonly Point[]): Writing | null {
  const text = textOf(field(stroke, 'text'), limits.textLength);
  if (text === '') return null;
  const [x, y] = path[0] ?? [0, 0];
  // The solo board writes text four times as large as its pen is wide.
  const fontSize = Math.min(limits.fontSize, 4 * sizeField(stroke, DEFAULT_INK_SIZE / 4));
  return {
    kind: 'writing',
    x,
    y,
    text,
    typeface: 'arial',
    fontSize,
    colour: textColour(stroke),
    opacity: 1,
    wrapWidth: null,
  };
}

function ink(stroke: JsonObject, points: Point[], colour: string, opacity: number): Mark {
  return { kind: 'ink', points, stroking: soloStroking(stroke), colour, opacity, multiply: false };
}

function soloStroking(stroke: JsonObject): Stroking {
  return { size: sizeField(stroke, DEFAULT_INK_SIZE), simulatePressure: true, spline: false, roundedOutline: false };
}

function spanOf(from: Point, to: Point): Span {
  return { fromX: from[0], fromY: from[1], toX: to[0], toY: to[1] };
}

function boxOf(a: Point, b: Point): { x: number; y: number; width: number; height: number } {
  const [x, y] = [Math.min(a[0], b[0]), Math.min(a[1], b[1])];
  return { x, y, width: Math.abs(a[0] - b[0]), height: Math.abs(a[1] - b[1]) };
}

function shapeSpan(shape: JsonObject): Span {
  return {
    fromX: coordinateField(shape, 'startX'),
    fromY: coordinateField(shape, 'startY'),
    toX: coordinateField(shape, 'endX'),
    toY: coordinateField(shape, 'endY'),
  };
}

type Outline = Pick<Line, 'colour' | 'opacity' | 'lineWidth'>;

function shapeArrow(shape: JsonObject, outline: Outline): Arrow {
  return { kind: 'arrow', ...outline, ...shapeSpan(shape), ...heads(shape) };
}

function heads(object: JsonObject): Pick<Arrow, 'headAtStart' | 'headAtEnd' | 'headLength'> {
  return {
    headAtStart: Boolean(field(object, 'arrowStart')),
    headAtEnd: field(object, 'arrowEnd') !== false,
    headLength: numberOf(field(object, 'arrowSize'), 0, limits.lineWidth, 0) || DEFAULT_HEAD_LENGTH,
  };
}

/** A circle says its centre and radius; the older engine an ellipse in the box from start to end. */
function circle(shape: JsonObject, outline: Outline): Ellipse | null {
  if (!hasField(shape, 'radius') && hasField(shape, 'startX')) {
    const { fromX, fromY, toX, toY } = shapeSpan(shape);
    const [radiusX, radiusY] = [Math.abs(toX - fromX) / 2, Math.abs(toY - fromY) / 2];
    return { kind: 'ellipse', ...outline, x: (fromX + toX) / 2, y: (fromY + toY) / 2, radiusX, radiusY };
  }
  const radius = coordinateField(shape, 'radius');
  if (radius < 0) return null;
  const [x, y] = [coordinateField(shape, 'x'), coordinateField(shape, 'y')];
  return { kind: 'ellipse', ...outline, x, y, radiusX: radius, radiusY: radius };
}
