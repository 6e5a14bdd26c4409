import type { Generation, Size } from './board';
import { field, hasField, objectOf, objectsOf, type JsonObject } from './json-fields';

/** What a page measures unless it says so itself. */
export const pageSizes: Readonly<Record<Generation, Size>> = {
  solo: { width: 920, height: 1200 },
  classroom: { width: 920, height: 1200 },
  winterboard: { width: 1920, height: 1080 },
};

/** Which front end wrote the state: nothing in it says so, its fields have to tell. */
export function generationOf(state: JsonObject, pages: readonly JsonObject[]): Generation {
  if (hasField(state, 'activePageId')) return 'solo';
  if (pages.some(isWinterboardPage)) return 'winterboard';
  const hasBackground = pages.some((page) => hasField(page, 'background'));
  if (pages.some((page) => objectsOf(field(page, 'assets')).some((asset) => hasField(asset, 'w')))) {
    return hasBackground ? 'winterboard' : 'classroom';
  }
  if ([state, ...pages].some((holder) => isList(holder, 'shapes') || isList(holder, 'texts'))) return 'solo';
  if (hasField(state, 'currentPageIndex')) return hasBackground ? 'winterboard' : 'classroom';
  return 'solo';
}

function isWinterboardPage(page: JsonObject): boolean {
  const background = field(page, 'background');
  const backgroundObject = objectOf(background);
  return (
    typeof background === 'string' ||
    (backgroundObject !== null && field(backgroundObject, 'type') === 'pdf') ||
    hasField(page, 'groups') ||
    hasField(page, 'width') ||
    objectsOf(field(page, 'assets')).some((asset) => field(asset, 'type') === 'sticky')
  );
}

function isList(object: JsonObject, name: string): boolean {
  return Array.isArray(field(object, name));
}
