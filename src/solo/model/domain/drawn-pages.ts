import type { Page } from '../board/board';
import { BoardTooLargeError, PageNotFoundError } from '../board/board-errors';
import { readBoard } from '../board/board-reader';
import { limits } from '../board/limits';
import { parseState } from '../board/state-json';
import type { Picture } from './picture';

export interface NumberedPage {
  readonly page: Page;
  /** Counted from 1. */
  readonly number: number;
}

/**
 * Reads a board and picks the pages of a picture.
 * @param state JSON text in UTF-8
 * @throws MalformedStateError, PageNotFoundError, BoardTooLargeError
 */
export function pagesOf(state: Uint8Array, picture: Picture): { all: NumberedPage[]; drawn: NumberedPage[] } {
  const { pages } = readBoard(parseState(state));
  const all = pages.map((page, index) => ({ page, number: index + 1 }));
  if (picture.format === 'png' && picture.page !== undefined) {
    const wanted = all[picture.page - 1];
    if (wanted === undefined) throw PageNotFoundError.of(picture.page, pages.length);
    return { all, drawn: [wanted] };
  }
  if (pages.length > limits.pages) {
    throw new BoardTooLargeError(
      `The board has ${pages.length} pages; at most ${limits.pages} can be exported at once.`,
    );
  }
  return { all, drawn: all };
}
