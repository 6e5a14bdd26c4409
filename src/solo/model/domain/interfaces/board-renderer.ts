import type { Drawing } from '../../../../formats';
import type { DrawingMeasure } from '../drawing-budget';
import type { Picture } from '../picture';

/** Somebody waits for a thumbnail; exports are drawn in the background. */
export type DrawingPurpose = 'export' | 'thumbnail';

/** A board to be read. */
export interface BoardToRead {
  /** On whose account it is drawn: threads are shared fairly among accounts. */
  readonly account: string;
  /**
   * Gives the JSON in UTF-8, whose memory nothing else uses: it is handed over. It is called when a thread is free, so that
   * a board that waits takes no memory.
   * @throws DomainError when the board is gone
   */
  readState(): Promise<Uint8Array>;
}

export interface BoardToDraw extends BoardToRead {
  readonly purpose: DrawingPurpose;
}

/** Reads and draws boards, off the event loop. */
export abstract class BoardRenderer {
  /**
   * Estimates how long a picture of a board takes to draw.
   * @returns `null` when the board cannot be drawn at all: drawing it tells why
   */
  abstract measure(board: BoardToRead, picture: Picture, signal: AbortSignal): Promise<DrawingMeasure | null>;

  /**
   * Waits for a thread, and gets a board ready to be drawn. The drawing must be drawn or its loop left, unless the signal
   * aborts, which ends it at any moment.
   * @throws DomainError when the board is more than can be drawn, lacks the page, or too many wait
   */
  abstract open(board: BoardToDraw, picture: Picture, signal: AbortSignal): Promise<Drawing>;
}
