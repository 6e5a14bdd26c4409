import type { Board, Generation, Page } from './board';
import { readSoloPage } from './solo-page';
import { PointReader } from './point-reader';
import { asObject, asObjects, field, hasField, type JsonObject } from './state-fields';
import { type ListsOfPoints } from './state-json';
import { readWinterboardPage } from './winterboard-page';

const EMPTY: JsonObject = {};

/**
 * Reads the state of a session, which may be any JSON value. Values out of range are clamped, and
 * invalid elements are left out. A board without pages has one empty page.
 * @param lists the lists of points for which the state has their numbers
 * @throws BoardTooLargeError
 */
export function readBoard(state: unknown, lists?: ListsOfPoints): Board {
  const { root, pages } = findPages(state);
  const generation = detectGeneration(root, pages);
  const points = new PointReader(lists);
  const pagesOrEmpty = pages.length > 0 ? pages : [EMPTY];
  return {
    generation,
    pages: pagesOrEmpty.map((page, index): Page => {
      if (generation !== 'solo') return readWinterboardPage(page, points, generation);
      return readSoloPage(page, points, index === 0 && page !== root ? asObjects(field(root, 'assets')) : []);
    }),
  };
}

/**
 * The oldest states have no pages: the root is the page, or the state is the list of its strokes.
 */
function findPages(state: unknown): { root: JsonObject; pages: JsonObject[] } {
  if (Array.isArray(state)) {
    const root: JsonObject = { strokes: state };
    return { root, pages: [root] };
  }
  const root = asObject(state);
  if (root === null) return { root: EMPTY, pages: [] };
  const pages = field(root, 'pages');
  return { root, pages: Array.isArray(pages) ? asObjects(pages) : [root] };
}

/**
 * A state does not name the front end that wrote it; the fields that it has tell the generations
 * apart.
 */
function detectGeneration(state: JsonObject, pages: readonly JsonObject[]): Generation {
  if (hasField(state, 'activePageId')) return 'solo';
  if (pages.some(isWinterboardPage)) return 'winterboard';
  const hasBackground = pages.some((page) => hasField(page, 'background'));
  if (pages.some((page) => asObjects(field(page, 'assets')).some((asset) => hasField(asset, 'w')))) {
    return hasBackground ? 'winterboard' : 'classroom';
  }
  if ([state, ...pages].some((holder) => hasList(holder, 'shapes') || hasList(holder, 'texts'))) return 'solo';
  if (hasField(state, 'currentPageIndex')) return hasBackground ? 'winterboard' : 'classroom';
  return 'solo';
}

function isWinterboardPage(page: JsonObject): boolean {
  const background = field(page, 'background');
  const backgroundObject = asObject(background);
  return (
    typeof background === 'string' ||
    (backgroundObject !== null && field(backgroundObject, 'type') === 'pdf') ||
    hasField(page, 'groups') ||
    hasField(page, 'width') ||
    asObjects(field(page, 'assets')).some((asset) => field(asset, 'type') === 'sticky')
  );
}

function hasList(object: JsonObject, name: string): boolean {
  return Array.isArray(field(object, name));
}
