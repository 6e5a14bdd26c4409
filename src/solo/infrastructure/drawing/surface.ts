import type { Canvas, Image, SKRSContext2D } from '@napi-rs/canvas';

/** The part of a 2D context that the painters use. */
export interface DrawingContext {
  fillStyle: SKRSContext2D['fillStyle'];
  strokeStyle: SKRSContext2D['strokeStyle'];
  lineWidth: number;
  lineCap: SKRSContext2D['lineCap'];
  lineJoin: SKRSContext2D['lineJoin'];
  globalAlpha: number;
  globalCompositeOperation: SKRSContext2D['globalCompositeOperation'];
  shadowColor: string;
  shadowBlur: number;
  shadowOffsetX: number;
  shadowOffsetY: number;
  font: string;
  save(): void;
  restore(): void;
  translate(x: number, y: number): void;
  scale(x: number, y: number): void;
  rotate(angle: number): void;
  beginPath(): void;
  moveTo(x: number, y: number): void;
  lineTo(x: number, y: number): void;
  quadraticCurveTo(controlX: number, controlY: number, x: number, y: number): void;
  ellipse(x: number, y: number, radiusX: number, radiusY: number, rotation: number, start: number, end: number): void;
  roundRect(x: number, y: number, width: number, height: number, radius: number): void;
  closePath(): void;
  setLineDash(segments: number[]): void;
  fill(): void;
  stroke(): void;
  fillRect(x: number, y: number, width: number, height: number): void;
  strokeRect(x: number, y: number, width: number, height: number): void;
  fillText(text: string, x: number, y: number): void;
  measureText(
    text: string,
  ): Pick<ReturnType<SKRSContext2D['measureText']>, 'width' | 'fontBoundingBoxAscent' | 'fontBoundingBoxDescent'>;
  drawImage(image: Image | Canvas, x: number, y: number, width: number, height: number): void;
}

/** A context that has masks instead of erasing. */
export interface MaskingContext extends DrawingContext {
  /** The mask of each element that is drawn, as a reference. */
  mask: string | undefined;
  /** Defines a shape for masks, and returns its id. */
  defineShape(trace: (path: PathSink) => void): string;
  /** Defines a mask that hides shapes within bounds, and all beyond them. Returns a reference to it. */
  defineMask(shapes: readonly string[], bounds: Bounds): string;
  openGroup(group: { readonly mask?: string; readonly isolated?: boolean }): void;
  closeGroup(): void;
}

interface AnySurface {
  /** Device pixels per page pixel, for shadows, which ignore the scale of the context, and for the choice of image copies. */
  readonly ratio: number;
}

export interface RasterSurface extends AnySurface {
  readonly kind: 'raster';
  readonly context: SKRSContext2D;
}

export interface PdfSurface extends AnySurface {
  readonly kind: 'pdf';
  /** It has no canvas. */
  readonly context: SKRSContext2D;
}

export interface SvgSurface extends AnySurface {
  readonly kind: 'svg';
  readonly context: MaskingContext;
}

/** The target of drawing. The context is scaled to page pixels. PDF and SVG keep paths and text. */
export type Surface = RasterSurface | PdfSurface | SvgSurface;

/** A context or a `Path2D`. */
export interface PathSink {
  moveTo(x: number, y: number): void;
  lineTo(x: number, y: number): void;
  quadraticCurveTo(controlX: number, controlY: number, x: number, y: number): void;
  closePath(): void;
}

export interface Bounds {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Runs `draw` and restores the state of the context. */
export function withSavedState(context: Pick<DrawingContext, 'save' | 'restore'>, draw: () => void): void {
  context.save();
  draw();
  context.restore();
}
