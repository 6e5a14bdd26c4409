import type { Mark, Point, Stroking } from './board';
import { coordinateField, fontSizeField, inkColour, opacityField, sizeField, textColour } from './field-readers';
import { field, textOf, type JsonObject } from './json-fields';
import { limits } from './limits';
import type { PointReader } from './point-reader';
import { DEFAULT_INK_SIZE, DEFAULT_LINE_WIDTH } from './solo-marks';

/** The two boards that share a canvas; the older one knows neither pressure, nor splines, nor locks. */
export type RowBoard = 'winterboard' | 'classroom';

const LOCKED_OPACITY = 0.85;
const MOUSE_PRESSURE = 0.5;

/** A stroke of either board, or `null` when the screen shows nothing for it. */
export function rowStroke(stroke: JsonObject, points: PointReader, board: RowBoard): Mark | null {
  const tool = field(stroke, 'tool');
  const locked = board === 'winterboard' && Boolean(field(stroke, 'locked'));
  const ceiling = locked ? LOCKED_OPACITY : 1;
  const path = points.read(field(stroke, 'points'), null);
  if (field(stroke, 'composite') === 'destination-out' || tool === 'eraser') {
    return path.length < 2 ? null : { kind: 'eraser', ...penned(stroke, path, board) };
  }
  if (tool === 'text') return textStroke(stroke, path[0], ceiling);
  const colour = inkColour(stroke);
  const first = path[0];
  const last = path.at(-1);
  if (colour === null || !first || !last) return null;
  const opacity = Math.min(opacityField(stroke), ceiling);
  const outline = { colour, opacity, lineWidth: sizeField(stroke, DEFAULT_LINE_WIDTH) };
  const [width, height] = [coordinateField(stroke, 'width'), coordinateField(stroke, 'height')];
  switch (tool) {
    case 'pen':
    case 'highlighter':
      if (path.length < 2) return null;
      return { kind: 'ink', ...penned(stroke, path, board), colour, opacity, multiply: tool === 'highlighter' };
    case 'line':
      if (path.length < 2) return null;
      return { kind: 'line', ...outline, fromX: first[0], fromY: first[1], toX: last[0], toY: last[1] };
    case 'rectangle':
      return { kind: 'rectangle', ...outline, x: first[0], y: first[1], width, height };
    case 'circle': {
      const centre = { x: first[0] + width / 2, y: first[1] + height / 2 };
      return { kind: 'ellipse', ...outline, ...centre, radiusX: Math.abs(width) / 2, radiusY: Math.abs(height) / 2 };
    }
    default:
      return null;
  }
}

function textStroke(stroke: JsonObject, at: Point | undefined, opacity: number): Mark | null {
  const text = textOf(field(stroke, 'text'), limits.textLength);
  if (text === '') return null;
  const [x, y] = at ?? [0, 0];
  const fontSize = fontSizeField(stroke, 'size', DEFAULT_INK_SIZE) || DEFAULT_INK_SIZE;
  return {
    kind: 'writing',
    x,
    y,
    text,
    typeface: 'system',
    fontSize,
    colour: textColour(stroke),
    opacity,
    wrapWidth: null,
  };
}

/** A pen that reports 0.5 throughout is a mouse: its pressure is guessed from its speed, as on the classroom board. */
function penned(stroke: JsonObject, path: readonly Point[], board: RowBoard): { points: Point[]; stroking: Stroking } {
  const size = sizeField(stroke, DEFAULT_INK_SIZE);
  if (board === 'classroom') {
    const points = path.map(([x, y]): Point => [x, y]);
    return { points, stroking: { size, simulatePressure: true, spline: false, roundedOutline: true } };
  }
  const simulatePressure = !path.some(([, , pressure]) => pressure !== undefined && pressure !== MOUSE_PRESSURE);
  const points = path.map(([x, y, pressure]): Point => [x, y, pressure ?? MOUSE_PRESSURE]);
  return { points, stroking: { size, simulatePressure, spline: true, roundedOutline: true } };
}
