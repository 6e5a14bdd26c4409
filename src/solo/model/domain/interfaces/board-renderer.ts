import type { Drawing } from '../../../../export';
import type { Picture } from '../picture';

/** Reads and draws boards, off the event loop. */
export abstract class BoardRenderer {
  /**
   * @param state the UTF-8 text of a board's JSON
   * @throws DomainError when it is not JSON
   */
  abstract inspect(state: Uint8Array): Promise<{ readonly pageCount: number }>;

  /**
   * Gets a board ready to be drawn. The drawing must be drawn or its loop left, unless the signal aborts, which ends it
   * at any moment.
   * @param state JSON text
   * @throws DomainError when the board is more than can be drawn, or lacks the page
   */
  abstract open(state: string, picture: Picture, signal: AbortSignal): Promise<Drawing>;
}
