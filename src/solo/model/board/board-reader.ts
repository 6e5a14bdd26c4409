import type { Board, Page } from './board';
import { generationOf } from './generation';
import { field, objectOf, objectsOf, type JsonObject } from './json-fields';
import { PointReader } from './point-reader';
import { soloPage } from './solo-page';
import { winterboardPage } from './winterboard-page';

const EMPTY: JsonObject = {};

/**
 * Reads what a session stored as its state: any JSON value at all. What is out of range is clamped, what makes no
 * sense is left out; a board without pages is one empty page.
 * @throws BoardTooLargeError
 */
export function readBoard(state: unknown): Board {
  const { root, pages } = pagesOf(state);
  const generation = generationOf(root, pages);
  const points = new PointReader();
  const drawn = pages.length > 0 ? pages : [EMPTY];
  return {
    generation,
    pages: drawn.map((page, index): Page => {
      if (generation !== 'solo') return winterboardPage(page, points, generation);
      return soloPage(page, points, index === 0 && page !== root ? objectsOf(field(root, 'assets')) : []);
    }),
  };
}

/** The oldest states have no pages: their strokes lie at the root, or are the state itself. */
function pagesOf(state: unknown): { root: JsonObject; pages: JsonObject[] } {
  if (Array.isArray(state)) {
    const root: JsonObject = { strokes: state };
    return { root, pages: [root] };
  }
  const root = objectOf(state);
  if (root === null) return { root: EMPTY, pages: [] };
  const pages = field(root, 'pages');
  return { root, pages: Array.isArray(pages) ? objectsOf(pages) : [root] };
}
