import type { Drawing } from '../../../../export';
import type { Picture } from '../picture';

/** Draws boards, off the event loop. */
export abstract class BoardRenderer {
  /**
   * Gets a board ready to be drawn. The drawing must be drawn or its loop left, unless the signal aborts, which ends it
   * at any moment.
   * @param state JSON in UTF-8, whose memory nothing else uses: it is handed over
   * @throws DomainError when the board is more than can be drawn, or lacks the page
   */
  abstract open(state: Uint8Array, picture: Picture, signal: AbortSignal): Promise<Drawing>;
}
