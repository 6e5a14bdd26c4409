import type { SKRSContext2D } from '@napi-rs/canvas';

/**
 * What a page is painted on. The context is scaled to the page's own pixels; a vector surface (PDF) keeps what is
 * drawn as paths and text.
 */
export interface Surface {
  readonly context: SKRSContext2D;
  readonly vector: boolean;
  /** Device pixels per page pixel: shadows do not follow the context's scale. */
  readonly ratio: number;
}

/** Both a context and a `Path2D` take an outline. */
export interface PathSink {
  moveTo(x: number, y: number): void;
  lineTo(x: number, y: number): void;
  quadraticCurveTo(controlX: number, controlY: number, x: number, y: number): void;
  closePath(): void;
}

/** Runs `draw` and leaves the context as it was. */
export function saved(context: SKRSContext2D, draw: () => void): void {
  context.save();
  draw();
  context.restore();
}
