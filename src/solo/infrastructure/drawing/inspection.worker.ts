import { countPages } from '../../model/board/board-reader';
import { MalformedStateError } from '../../model/board/board-errors';
import { parseState } from '../../model/board/state-json';

/** Counts the pages of a state in this thread; `null` when it is not JSON. */
export function inspect(state: Uint8Array): number | null {
  try {
    return countPages(parseState(state));
  } catch (error) {
    if (error instanceof MalformedStateError) return null;
    throw error;
  }
}
