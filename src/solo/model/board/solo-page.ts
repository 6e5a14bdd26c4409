import {
  type Arrow,
  type Asset,
  type Background,
  type BoardElement,
  defaultPageSizes,
  type Ellipse,
  type Freehand,
  type FreehandOptions,
  limits,
  type Line,
  type Note,
  type Page,
  type Pattern,
  type Rectangle,
  type Segment,
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
  hasField,
  type JsonObject,
  readColour,
  readCoordinate,
  readFontSize,
  readLength,
  readOpacity,
  readRotation,
  readSize,
  readTextColour,
  toNumber,
  toText,
} from './state-fields';

const WHITE = '#ffffff';
const LOCKED_OPACITY = 0.8;
const ASSET_TYPES: ReadonlySet<unknown> = new Set(['image', 'svg', 'pdf']);
const DEFAULT_HEAD_LENGTH = 15;
const HIGHLIGHTER_OPACITY = 0.4;
/** The solo board passes raw points to perfect-freehand, which reads a missing pressure as 0.5. */
const DEFAULT_PRESSURE = 0.5;

/**
 * Reads a page of the solo board.
 * @param rootAssets assets of this page that the state stores beside its pages
 * @throws BoardTooLargeError
 */
export function readSoloPage(page: JsonObject, points: PointReader, rootAssets: readonly JsonObject[] = []): Page {
  return {
    size: defaultPageSizes.solo,
    background: readBackground(asObject(field(page, 'background'))),
    assets: readAssets([...rootAssets, ...asObjects(field(page, 'assets'))]),
    strokes: withoutNull(asObjects(field(page, 'strokes')).map((stroke) => readStroke(stroke, points))),
    shapes: withoutNull(asObjects(field(page, 'shapes')).map(readShape)),
    texts: withoutNull(asObjects(field(page, 'texts')).map(readText)),
  };
}

function withoutNull(elements: (BoardElement | null)[]): BoardElement[] {
  return elements.filter((element) => element !== null);
}

function readBackground(background: JsonObject | null): Background {
  const type = background && field(background, 'type');
  if (background === null) return { colour: WHITE, pattern: null, image: null };
  // The object keeps its colour when another type is chosen later.
  const colour = type === 'color' ? toColour(field(background, 'color'), WHITE) : WHITE;
  return { colour, pattern: readPattern(type, background), image: null };
}

function readPattern(type: unknown, background: JsonObject): Pattern | null {
  const pattern = (kind: Pattern['kind'], step: number, colour: string): Pattern => ({
    kind,
    step: readStep(field(background, 'gridSize'), step),
    colour: toColour(field(background, 'lineColor'), colour),
    lineWidth: 1,
    reachesEdge: false,
  });
  switch (type) {
    case 'grid':
      return pattern('grid', 20, '#e5e7eb');
    case 'dots':
      return pattern('dots', 20, '#9ca3af');
    case 'ruled':
      return pattern('ruled', 28, '#dbeafe');
    case 'graph':
      return pattern('graph', 20, '#e5e7eb');
    default:
      return null;
  }
}

function readStep(value: unknown, fallback: number): number {
  const step = toNumber(value, 0, limits.pageSide, 0) || fallback;
  return Math.max(limits.minPatternStep, step);
}

/** Assets are ordered by `zIndex`; assets of equal index keep the order of the list. */
function readAssets(assets: readonly JsonObject[]): Asset[] {
  return assets
    .filter((asset) => ASSET_TYPES.has(field(asset, 'type')))
    .map((asset) => ({ asset, zIndex: toNumber(field(asset, 'zIndex'), -limits.coordinate, limits.coordinate, 0) }))
    .sort((a, b) => a.zIndex - b.zIndex)
    .map(({ asset }) => readAsset(asset));
}

function readAsset(asset: JsonObject): Asset {
  const placement = {
    x: readCoordinate(asset, 'x'),
    y: readCoordinate(asset, 'y'),
    rotation: readRotation(asset),
    pivot: 'centre' as const,
    opacity: field(asset, 'locked') ? LOCKED_OPACITY : 1,
  };
  const width = readLength(asset, 'width');
  const height = readLength(asset, 'height');
  if (field(asset, 'type') === 'pdf') {
    return { kind: 'document', ...placement, width: width ?? 0, height: height ?? 0 };
  }
  const source = toText(field(asset, 'src'), limits.sourceLength);
  return { kind: 'image', ...placement, source, width, height, fit: 'contain' };
}

/** Reads an entry of `strokes[]`; `null` when the front end does not draw it. */
function readStroke(stroke: JsonObject, points: PointReader): BoardElement | null {
  const tool = field(stroke, 'tool');
  const path = points.read(field(stroke, 'points'), DEFAULT_PRESSURE);
  if (tool === 'text') return readTextStroke(stroke, path);
  const { first, last } = path;
  if (path.length < 2 || !first || !last) return null;
  if (tool === 'eraser' || field(stroke, 'composite') === 'destination-out') {
    return { kind: 'eraser', points: path, options: readFreehandOptions(stroke) };
  }
  const colour = readColour(stroke);
  if (colour === null) return null;
  const line = { colour, opacity: 1, lineWidth: readSize(stroke, DEFAULT_LINE_WIDTH) };
  switch (tool) {
    // The first lesson boards had only a pen and an eraser, and named no tool.
    case undefined:
    case 'pen':
      return readFreehand(stroke, path, colour, readOpacity(stroke));
    case 'highlighter':
      return readFreehand(stroke, path, colour, HIGHLIGHTER_OPACITY);
    case 'line':
      return { kind: 'line', ...line, ...toSegment(first, last) };
    case 'arrow':
      return { kind: 'arrow', ...line, ...toSegment(first, last), ...readArrowHeads(stroke) };
    case 'rectangle':
      return { kind: 'rectangle', ...line, ...boundingBox(first, last) };
    case 'circle': {
      const radius = Math.hypot(last[0] - first[0], last[1] - first[1]);
      return { kind: 'ellipse', ...line, x: first[0], y: first[1], radiusX: radius, radiusY: radius };
    }
    default:
      return null;
  }
}

function readTextStroke(stroke: JsonObject, path: Points): Text | null {
  const text = toText(field(stroke, 'text'), limits.textLength);
  if (text === '') return null;
  const [x, y] = path.first ?? [0, 0];
  // The font is four times as large as the pen is wide.
  const fontSize = Math.min(limits.fontSize, 4 * readSize(stroke, DEFAULT_FREEHAND_SIZE / 4));
  const colour = readTextColour(stroke);
  return { kind: 'text', x, y, text, typeface: 'arial', fontSize, colour, opacity: 1, wrapWidth: null };
}

function readFreehand(stroke: JsonObject, points: Points, colour: string, opacity: number): Freehand {
  return { kind: 'freehand', points, options: readFreehandOptions(stroke), colour, opacity, multiply: false };
}

function readFreehandOptions(stroke: JsonObject): FreehandOptions {
  const size = readSize(stroke, DEFAULT_FREEHAND_SIZE);
  return { size, simulatePressure: true, spline: false, roundedOutline: false };
}

function toSegment(from: Position, to: Position): Segment {
  return { fromX: from[0], fromY: from[1], toX: to[0], toY: to[1] };
}

function boundingBox(a: Position, b: Position): { x: number; y: number; width: number; height: number } {
  const [x, y] = [Math.min(a[0], b[0]), Math.min(a[1], b[1])];
  return { x, y, width: Math.abs(a[0] - b[0]), height: Math.abs(a[1] - b[1]) };
}

type LineStyle = Pick<Line, 'colour' | 'opacity' | 'lineWidth'>;

/** Reads an entry of `shapes[]`; `null` when the front end does not draw it. */
function readShape(shape: JsonObject): Line | Arrow | Rectangle | Ellipse | null {
  const colour = readColour(shape);
  if (colour === null) return null;
  const line: LineStyle = { colour, opacity: 1, lineWidth: readSize(shape, DEFAULT_LINE_WIDTH) };
  switch (field(shape, 'type')) {
    case 'line': {
      const isPlain = !field(shape, 'arrowStart') && !field(shape, 'arrowEnd');
      return isPlain ? { kind: 'line', ...line, ...readSegment(shape) } : readArrow(shape, line);
    }
    case 'arrow':
      return readArrow(shape, line);
    case 'rectangle': {
      const width = readCoordinate(shape, 'width');
      const height = readCoordinate(shape, 'height');
      const corner = { x: readCoordinate(shape, 'x'), y: readCoordinate(shape, 'y') };
      return { kind: 'rectangle', ...line, ...corner, width, height };
    }
    case 'circle':
      return readCircle(shape, line);
    default:
      return null;
  }
}

function readSegment(shape: JsonObject): Segment {
  return {
    fromX: readCoordinate(shape, 'startX'),
    fromY: readCoordinate(shape, 'startY'),
    toX: readCoordinate(shape, 'endX'),
    toY: readCoordinate(shape, 'endY'),
  };
}

function readArrow(shape: JsonObject, line: LineStyle): Arrow {
  return { kind: 'arrow', ...line, ...readSegment(shape), ...readArrowHeads(shape) };
}

function readArrowHeads(object: JsonObject): Pick<Arrow, 'headAtStart' | 'headAtEnd' | 'headLength'> {
  return {
    headAtStart: Boolean(field(object, 'arrowStart')),
    headAtEnd: field(object, 'arrowEnd') !== false,
    headLength: toNumber(field(object, 'arrowSize'), 0, limits.lineWidth, 0) || DEFAULT_HEAD_LENGTH,
  };
}

/**
 * A circle has a centre and a radius; in the older format, an ellipse fills the box from start to
 * end.
 */
function readCircle(shape: JsonObject, line: LineStyle): Ellipse | null {
  if (!hasField(shape, 'radius') && hasField(shape, 'startX')) {
    const { fromX, fromY, toX, toY } = readSegment(shape);
    const [radiusX, radiusY] = [Math.abs(toX - fromX) / 2, Math.abs(toY - fromY) / 2];
    return { kind: 'ellipse', ...line, x: (fromX + toX) / 2, y: (fromY + toY) / 2, radiusX, radiusY };
  }
  const radius = readCoordinate(shape, 'radius');
  if (radius < 0) return null;
  const [x, y] = [readCoordinate(shape, 'x'), readCoordinate(shape, 'y')];
  return { kind: 'ellipse', ...line, x, y, radiusX: radius, radiusY: radius };
}

/** Reads an entry of `texts[]`: a note, or plain text for any other type. */
function readText(entry: JsonObject): Text | Note | null {
  const text = toText(field(entry, 'text'), limits.textLength);
  const position = { x: readCoordinate(entry, 'x'), y: readCoordinate(entry, 'y') };
  const fontSize = readFontSize(entry, 'fontSize', DEFAULT_FREEHAND_SIZE);
  const colour = readTextColour(entry);
  const width = readLength(entry, 'width') ?? 0;
  if (field(entry, 'type') === 'note') {
    const height = readLength(entry, 'height') ?? 0;
    return { kind: 'note', ...position, text, fontSize, colour, width: width || null, height: height || null };
  }
  if (text === '') return null;
  return { kind: 'text', ...position, text, typeface: 'arial', fontSize, colour, opacity: 1, wrapWidth: width || null };
}
