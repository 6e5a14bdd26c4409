import type { Drawing } from '../../../../formats';
import type { DrawingMeasure } from '../drawing-budget';
import type { Picture } from '../picture';

/** A thumbnail is drawn while its caller waits; exports are drawn in the background. */
export type DrawingPurpose = 'export' | 'thumbnail';

export interface BoardToRead {
  /** The principal key that the drawing counts for: threads are shared fairly among accounts. */
  readonly account: string;
  /**
   * Reads the state as JSON in UTF-8. Its memory is transferred to the thread, so nothing else may
   * use it. Called when a thread is free, so that a waiting board takes no memory.
   * @throws DomainError when the board was deleted
   */
  readState(): Promise<Uint8Array>;
}

export interface BoardToDraw extends BoardToRead {
  readonly purpose: DrawingPurpose;
}

/** Reads and draws boards outside the event loop. */
export abstract class BoardRenderer {
  /**
   * Estimates the drawing time of a picture.
   * @returns `null` when the board cannot be drawn; `open` throws the reason
   */
  abstract measure(board: BoardToRead, picture: Picture, signal: AbortSignal): Promise<DrawingMeasure | null>;

  /**
   * Waits for a thread and reads a board in it. The caller must consume the drawing, leave its loop
   * or abort the signal: each of them frees the thread.
   * @throws DomainError when the board is too large, lacks the page, or too many drawings wait
   */
  abstract open(board: BoardToDraw, picture: Picture, signal: AbortSignal): Promise<Drawing>;
}
