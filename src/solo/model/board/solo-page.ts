import type { Asset, Background, Mark, Page, Pattern } from './board';
import { colourOf } from './colour';
import { coordinateField, lengthField } from './field-readers';
import { pageSizes } from './generation';
import { field, numberOf, objectOf, objectsOf, textOf, type JsonObject } from './json-fields';
import { limits } from './limits';
import type { PointReader } from './point-reader';
import { soloShape, soloStroke, soloText } from './solo-marks';

const WHITE = '#ffffff';
const LOCKED_OPACITY = 0.8;
const ASSET_KINDS: ReadonlySet<unknown> = new Set(['image', 'svg', 'pdf']);

/**
 * Reads a page of the solo board.
 * @param rootAssets assets that belong to this page although the state keeps them beside its pages
 * @throws BoardTooLargeError
 */
export function soloPage(page: JsonObject, points: PointReader, rootAssets: readonly JsonObject[] = []): Page {
  return {
    size: pageSizes.solo,
    background: soloBackground(objectOf(field(page, 'background'))),
    assets: soloAssets([...rootAssets, ...objectsOf(field(page, 'assets'))]),
    strokes: present(objectsOf(field(page, 'strokes')).map((stroke) => soloStroke(stroke, points))),
    shapes: present(objectsOf(field(page, 'shapes')).map(soloShape)),
    texts: present(objectsOf(field(page, 'texts')).map(soloText)),
  };
}

function present(marks: (Mark | null)[]): Mark[] {
  return marks.filter((mark) => mark !== null);
}

function soloBackground(background: JsonObject | null): Background {
  const type = background && field(background, 'type');
  if (background === null) return { colour: WHITE, pattern: null, image: null };
  // The colour stays in the object when another type is chosen later.
  const colour = type === 'color' ? colourOf(field(background, 'color'), WHITE) : WHITE;
  return { colour, pattern: soloPattern(type, background), image: null };
}

function soloPattern(type: unknown, background: JsonObject): Pattern | null {
  const pattern = (kind: Pattern['kind'], step: number, colour: string): Pattern => ({
    kind,
    step: stepOf(field(background, 'gridSize'), step),
    colour: colourOf(field(background, 'lineColor'), colour),
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

function stepOf(value: unknown, fallback: number): number {
  const step = numberOf(value, 0, limits.pageSide, 0) || fallback;
  return Math.max(limits.smallestStep, step);
}

/** A CSS box each, in the order of their z-index; equal ones stay in the order of the list. */
function soloAssets(assets: readonly JsonObject[]): Asset[] {
  return assets
    .filter((asset) => ASSET_KINDS.has(field(asset, 'type')))
    .map((asset) => ({ asset, level: numberOf(field(asset, 'zIndex'), -limits.coordinate, limits.coordinate, 0) }))
    .sort((a, b) => a.level - b.level)
    .map(({ asset }) => soloAsset(asset));
}

function soloAsset(asset: JsonObject): Asset {
  const placement = {
    x: coordinateField(asset, 'x'),
    y: coordinateField(asset, 'y'),
    rotation: numberOf(field(asset, 'rotation'), -limits.coordinate, limits.coordinate, 0) % 360,
    pivot: 'centre' as const,
    opacity: field(asset, 'locked') ? LOCKED_OPACITY : 1,
  };
  const width = lengthField(asset, 'width');
  const height = lengthField(asset, 'height');
  if (field(asset, 'type') === 'pdf') {
    return { kind: 'document', ...placement, width: width ?? 0, height: height ?? 0 };
  }
  const source = textOf(field(asset, 'src'), limits.sourceLength);
  return { kind: 'image', ...placement, source, width, height, fit: 'contain' };
}
