import type { SKRSContext2D } from '@napi-rs/canvas';

/**
 * The target of drawing. The context is scaled to page pixels. A vector surface (PDF) keeps paths
 * and text.
 */
export interface Surface {
  readonly context: SKRSContext2D;
  readonly vector: boolean;
  /** Device pixels per page pixel, for shadows: they ignore the scale of the context. */
  readonly ratio: number;
}

/** A context or a `Path2D`. */
export interface PathSink {
  moveTo(x: number, y: number): void;
  lineTo(x: number, y: number): void;
  quadraticCurveTo(controlX: number, controlY: number, x: number, y: number): void;
  closePath(): void;
}

/** Runs `draw` and restores the state of the context. */
export function withSavedState(context: SKRSContext2D, draw: () => void): void {
  context.save();
  draw();
  context.restore();
}
