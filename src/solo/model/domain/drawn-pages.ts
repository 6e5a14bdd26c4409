import type { Page } from '../board/board';
import { BoardTooLargeError, PageNotFoundError } from '../board/board-errors';
import { readBoard } from '../board/board-reader';
import { limits } from '../board/limits';
import { parseState, scanState } from '../board/state-json';
import type { Picture } from './picture';

export interface NumberedPage {
  readonly page: Page;
  /** Counted from 1. */
  readonly number: number;
}

/**
 * Reads a board and picks the pages of a picture.
 * @param state JSON text in UTF-8
 * @param maxDepth how deeply it may be nested
 * @throws MalformedStateError, PageNotFoundError, BoardTooLargeError, BoardTooDeepError
 */
export function pagesOf(
  state: Uint8Array,
  picture: Picture,
  maxDepth: number,
): { all: NumberedPage[]; drawn: NumberedPage[] } {
  // Boards from before there were limits are refused before they are read, which might take gigabytes.
  const { pageCount } = scanState(state, maxDepth);
  if (pageCount > limits.pages) {
    throw new BoardTooLargeError(`The board has ${pageCount} pages; at most ${limits.pages} can be exported at once.`);
  }
  const { pages } = readBoard(parseState(state));
  const all = pages.map((page, index) => ({ page, number: index + 1 }));
  if (picture.format !== 'png' || picture.page === undefined) return { all, drawn: all };
  const wanted = all[picture.page - 1];
  if (wanted === undefined) throw PageNotFoundError.of(picture.page, pages.length);
  return { all, drawn: [wanted] };
}
