import { type BoardList, unwrap } from '@export-service/client';
import { type PagedQuery, usePagedQuery } from '../../service/paged-query';
import { Turns } from '../../service/turns';
import { client } from '../../session/session';

export type BoardSummary = BoardList['results'][number];

export function useBoards(): PagedQuery<BoardSummary> {
  return usePagedQuery((request, signal) => client.boards.list(request, { signal }));
}

/** The boards whose name has the text, wherever that is and however it is written. */
export function findBoards(boards: readonly BoardSummary[], text: string): readonly BoardSummary[] {
  const wanted = text.trim().toLowerCase();
  return wanted === '' ? boards : boards.filter(({ name }) => name.toLowerCase().includes(wanted));
}

export function renameBoard(id: string, name: string): Promise<BoardSummary> {
  return unwrap(client.api.PATCH('/api/v1/solo/sessions/{id}', { params: { path: { id } }, body: { name } }));
}

export async function deleteBoard(id: string): Promise<void> {
  await unwrap(client.api.DELETE('/api/v1/solo/sessions/{id}', { params: { path: { id } } }));
}

/** So that a screen full of boards neither fills the service's drawing threads nor delays what the user does. */
const turns = new Turns(3);
/** The boards whose thumbnail was drawn since they were listed. */
const drawn = new Set<string>();

/**
 * The thumbnail of a board, which is drawn if there is none.
 * @param isOutdated draws it also where there is one
 */
export function loadThumbnail(board: BoardSummary, isOutdated: boolean, signal: AbortSignal): Promise<Blob> {
  const params = { path: { id: board.id } };
  return turns.take(async () => {
    if (isOutdated || (board.thumbnail_url === null && !drawn.has(board.id))) {
      await unwrap(client.api.POST('/api/v1/solo/sessions/{id}/thumbnail', { params, signal }));
      drawn.add(board.id);
    }
    // The browser may have the former picture for some minutes.
    const cache = drawn.has(board.id) ? 'no-cache' : 'default';
    const options = { params, signal, cache, parseAs: 'blob' } as const;
    return unwrap<Blob>(client.api.GET('/api/v1/solo/sessions/{id}/thumbnail', options));
  }, signal);
}

/** A picture of a page of the file of an export. */
export function loadExportPage(id: string, page: number, signal: AbortSignal): Promise<Blob> {
  const options = { params: { path: { id, page } }, signal, parseAs: 'blob' } as const;
  return unwrap<Blob>(client.api.GET('/api/v1/exports/{id}/pages/{page}', options));
}
