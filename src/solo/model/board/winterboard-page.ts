import type { Asset, Background, Page, Pattern, Size, Sticky } from './board';
import { colourOf } from './colour';
import { coordinateField, fontSizeField } from './field-readers';
import { pageSizes } from './generation';
import { field, numberOf, objectOf, objectsOf, textOf, type JsonObject } from './json-fields';
import { limits } from './limits';
import type { PointReader } from './point-reader';
import { rowStroke, type RowBoard } from './winterboard-marks';

const WHITE = '#ffffff';
const LOCKED_OPACITY = 0.85;

/**
 * Reads a page of the Winterboard, or of the classroom board that came before it.
 * @throws BoardTooLargeError
 */
export function winterboardPage(page: JsonObject, points: PointReader, board: RowBoard): Page {
  const strokes = objectsOf(field(page, 'strokes')).map((stroke) => rowStroke(stroke, points, board));
  return {
    size: board === 'winterboard' ? sizeOf(page) : pageSizes.classroom,
    background: board === 'winterboard' ? backgroundOf(field(page, 'background')) : blank,
    assets: objectsOf(field(page, 'assets')).map((asset) => assetOf(asset, board)),
    strokes: strokes.filter((mark) => mark !== null),
    shapes: [],
    texts: [],
  };
}

const blank: Background = { colour: WHITE, pattern: null, image: null };

/** A page that was imported from a document has that document's size. */
function sizeOf(page: JsonObject): Size {
  const { width, height } = pageSizes.winterboard;
  const side = (name: string, fallback: number) => {
    const value = numberOf(field(page, name), 0, limits.pageSide, 0);
    return value > 0 ? Math.max(1, value) : fallback;
  };
  return { width: side('width', width), height: side('height', height) };
}

function backgroundOf(value: unknown): Background {
  const object = objectOf(value);
  const type = object === null ? value : field(object, 'type');
  if (type === 'pdf' && object !== null) {
    return { ...blank, image: textOf(field(object, 'url'), limits.sourceLength) };
  }
  return { ...blank, pattern: patternOf(type) };
}

function patternOf(type: unknown): Pattern | null {
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

function assetOf(asset: JsonObject, board: RowBoard): Asset {
  const opacity = board === 'winterboard' && field(asset, 'locked') ? LOCKED_OPACITY : 1;
  const at = { x: coordinateField(asset, 'x'), y: coordinateField(asset, 'y') };
  if (field(asset, 'type') === 'sticky') return { ...stickyOf(asset), ...at, opacity };
  return {
    kind: 'image',
    ...at,
    source: textOf(field(asset, 'src'), limits.sourceLength),
    width: numberOf(field(asset, 'w'), -limits.coordinate, limits.coordinate, null),
    height: numberOf(field(asset, 'h'), -limits.coordinate, limits.coordinate, null),
    rotation: numberOf(field(asset, 'rotation'), -limits.coordinate, limits.coordinate, 0) % 360,
    pivot: 'corner',
    fit: 'stretch',
    opacity,
  };
}

function stickyOf(asset: JsonObject): Omit<Sticky, 'x' | 'y' | 'opacity'> {
  return {
    kind: 'sticky',
    width: numberOf(field(asset, 'w'), 0, limits.pageSide, 200),
    height: numberOf(field(asset, 'h'), 0, limits.pageSide, 150),
    text: textOf(field(asset, 'text'), limits.stickyTextLength),
    fontSize: fontSizeField(asset, 'fontSize', 14) || 14,
    colour: colourOf(field(asset, 'bgColor'), '#fde047'),
    textColour: colourOf(field(asset, 'textColor'), '#1e293b'),
  };
}
