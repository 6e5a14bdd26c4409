import {
  type Asset,
  type Background,
  type BoardElement,
  defaultPageSizes,
  type FreehandOptions,
  type Generation,
  limits,
  type Page,
  type Pattern,
  type Size,
  type StickyNote,
  type Text,
} from './board';
import { toColour } from './colour';
import type { PointReader } from './point-reader';
import type { Points, Position } from './points';
import {
  asObject,
  asObjects,
  DEFAULT_FREEHAND_SIZE,
  DEFAULT_LINE_WIDTH,
  field,
  type JsonObject,
  readColour,
  readCoordinate,
  readFontSize,
  readOpacity,
  readRotation,
  readSize,
  readTextColour,
  toNumber,
  toText,
} from './state-fields';

/**
 * Both generations share a canvas. The classroom board has no pressure, splines, patterns or locks.
 */
type WinterboardGeneration = Exclude<Generation, 'solo'>;

const WHITE = '#ffffff';
const LOCKED_OPACITY = 0.85;
/** What a mouse reports as its pressure. */
const MOUSE_PRESSURE = 0.5;

/**
 * Reads a page of the Winterboard, or of the classroom board before it.
 * @throws BoardTooLargeError
 */
export function readWinterboardPage(page: JsonObject, points: PointReader, generation: WinterboardGeneration): Page {
  const strokes = asObjects(field(page, 'strokes')).map((stroke) => readStroke(stroke, points, generation));
  return {
    size: generation === 'winterboard' ? readPageSize(page) : defaultPageSizes.classroom,
    background: generation === 'winterboard' ? readBackground(field(page, 'background')) : blank,
    assets: asObjects(field(page, 'assets')).map((asset) => readAsset(asset, generation)),
    strokes: strokes.filter((element) => element !== null),
    shapes: [],
    texts: [],
  };
}

const blank: Background = { colour: WHITE, pattern: null, image: null };

/** A page that was imported from a document has the size of that document. */
function readPageSize(page: JsonObject): Size {
  const { width, height } = defaultPageSizes.winterboard;
  const side = (name: string, fallback: number) => {
    const value = toNumber(field(page, name), 0, limits.pageSide, 0);
    return value > 0 ? Math.max(1, value) : fallback;
  };
  return { width: side('width', width), height: side('height', height) };
}

function readBackground(value: unknown): Background {
  const object = asObject(value);
  const type = object === null ? value : field(object, 'type');
  if (type === 'pdf' && object !== null) {
    return { ...blank, image: toText(field(object, 'url'), limits.sourceLength) };
  }
  return { ...blank, pattern: toPattern(type) };
}

function toPattern(type: unknown): Pattern | null {
  const reachesEdge = true;
  switch (type) {
    case 'grid':
      return { kind: 'grid', step: 40, colour: '#e2e8f0', lineWidth: 0.5, reachesEdge };
    case 'dots':
      return { kind: 'dots', step: 40, colour: '#cbd5e1', lineWidth: 0, reachesEdge };
    case 'lined':
      return { kind: 'ruled', step: 32, colour: '#93c5fd', lineWidth: 0.5, reachesEdge };
    default:
      return null;
  }
}

function readAsset(asset: JsonObject, generation: WinterboardGeneration): Asset {
  const opacity = generation === 'winterboard' && field(asset, 'locked') ? LOCKED_OPACITY : 1;
  const position = { x: readCoordinate(asset, 'x'), y: readCoordinate(asset, 'y') };
  if (field(asset, 'type') === 'sticky') return { ...readStickyNote(asset), ...position, opacity };
  return {
    kind: 'image',
    ...position,
    source: toText(field(asset, 'src'), limits.sourceLength),
    width: toNumber(field(asset, 'w'), -limits.coordinate, limits.coordinate, null),
    height: toNumber(field(asset, 'h'), -limits.coordinate, limits.coordinate, null),
    rotation: readRotation(asset),
    pivot: 'top-left',
    fit: 'stretch',
    opacity,
  };
}

function readStickyNote(asset: JsonObject): Omit<StickyNote, 'x' | 'y' | 'opacity'> {
  return {
    kind: 'sticky',
    width: toNumber(field(asset, 'w'), 0, limits.pageSide, 200),
    height: toNumber(field(asset, 'h'), 0, limits.pageSide, 150),
    text: toText(field(asset, 'text'), limits.stickyNoteLength),
    fontSize: readFontSize(asset, 'fontSize', 14) || 14,
    colour: toColour(field(asset, 'bgColor'), '#fde047'),
    textColour: toColour(field(asset, 'textColor'), '#1e293b'),
  };
}

/** Reads a stroke; `null` when the front end does not draw it. */
function readStroke(stroke: JsonObject, points: PointReader, generation: WinterboardGeneration): BoardElement | null {
  const tool = field(stroke, 'tool');
  const isLocked = generation === 'winterboard' && Boolean(field(stroke, 'locked'));
  const maxOpacity = isLocked ? LOCKED_OPACITY : 1;
  const path = points.read(field(stroke, 'points'), null);
  if (field(stroke, 'composite') === 'destination-out' || tool === 'eraser') {
    return path.length < 2 ? null : { kind: 'eraser', ...readFreehand(stroke, path, generation) };
  }
  const { first, last } = path;
  if (tool === 'text') return readTextStroke(stroke, first, maxOpacity);
  const colour = readColour(stroke);
  if (colour === null || !first || !last) return null;
  const opacity = Math.min(readOpacity(stroke), maxOpacity);
  const line = { colour, opacity, lineWidth: readSize(stroke, DEFAULT_LINE_WIDTH) };
  const [width, height] = [readCoordinate(stroke, 'width'), readCoordinate(stroke, 'height')];
  switch (tool) {
    case 'pen':
    case 'highlighter': {
      if (path.length < 2) return null;
      const multiply = tool === 'highlighter';
      return { kind: 'freehand', ...readFreehand(stroke, path, generation), colour, opacity, multiply };
    }
    case 'line':
      if (path.length < 2) return null;
      return { kind: 'line', ...line, fromX: first[0], fromY: first[1], toX: last[0], toY: last[1] };
    case 'rectangle':
      return { kind: 'rectangle', ...line, x: first[0], y: first[1], width, height };
    case 'circle': {
      const centre = { x: first[0] + width / 2, y: first[1] + height / 2 };
      return { kind: 'ellipse', ...line, ...centre, radiusX: Math.abs(width) / 2, radiusY: Math.abs(height) / 2 };
    }
    default:
      return null;
  }
}

function readTextStroke(stroke: JsonObject, position: Position | undefined, opacity: number): Text | null {
  const text = toText(field(stroke, 'text'), limits.textLength);
  if (text === '') return null;
  const [x, y] = position ?? [0, 0];
  const fontSize = readFontSize(stroke, 'size', DEFAULT_FREEHAND_SIZE) || DEFAULT_FREEHAND_SIZE;
  const colour = readTextColour(stroke);
  return { kind: 'text', x, y, text, typeface: 'system', fontSize, colour, opacity, wrapWidth: null };
}

/** A pen whose pressure is always 0.5 is a mouse: its pressure is simulated from its speed. */
function readFreehand(
  stroke: JsonObject,
  path: Points,
  generation: WinterboardGeneration,
): { points: Points; options: FreehandOptions } {
  const size = readSize(stroke, DEFAULT_FREEHAND_SIZE);
  if (generation === 'classroom') {
    const points = path.withPressures(() => NaN);
    return { points, options: { size, simulatePressure: true, spline: false, roundedOutline: true } };
  }
  const points = path.withPressures((pressure) => (Number.isNaN(pressure) ? MOUSE_PRESSURE : pressure));
  const simulatePressure = points.everyPressure((pressure) => pressure === MOUSE_PRESSURE);
  return { points, options: { size, simulatePressure, spline: true, roundedOutline: true } };
}
