import { createCanvas, Path2D, PathOp } from '@napi-rs/canvas';
import { type BoardElement, type Eraser, type Freehand, limits, type Size } from '../../model/board/board';
import { measureOutline, type OutlineSize } from '../../model/board/outline-size';
import { Points, type Position } from '../../model/board/points';
import { computeOutline, traceOutline } from './freehand-outline';
import { paintShape } from './shape-painter';
import {
  type Bounds,
  type DrawingContext,
  type PathSink,
  type PdfSurface,
  type RasterSurface,
  type Surface,
  type SvgSurface,
  withSavedState,
} from './surface';
import { paintNote, paintText } from './text-painter';

interface Cut {
  readonly element: BoardElement;
  readonly erasers: readonly Eraser[];
}

const identity = (value: number): number => value;
/** Printers do not show a hundredth of a pixel, and shorter numbers halve the size of a file. */
const toHundredths = (value: number): number => Math.round(value * 100) / 100;
/** In a PDF a page pixel is 1/96 inch: the error is less than a quarter of a dot at 1200 dpi. */
const toTwentieths = (value: number): number => Math.round(value * 20) / 20;
const ROUNDINGS = { raster: identity, pdf: toTwentieths, svg: toHundredths } as const;

/** Pixels of a rasterized layer for each page pixel, and in total. */
const LAYER_RATIO = 2;
const MAX_LAYER_PIXELS = 16_000_000;

/**
 * Draws the strokes as a separate layer, so that erasers and multiplied highlighters affect earlier
 * strokes but not what is below the layer.
 */
export function* paintStrokeLayer(
  surface: Surface,
  strokes: readonly BoardElement[],
  size: Size,
): Generator<void, void> {
  const hasErasers = strokes.some(({ kind }) => kind === 'eraser');
  const hasMultiply = strokes.some(isMultiplied);
  if (surface.kind === 'svg' && (hasErasers || hasMultiply)) yield* paintWithMasks(surface, strokes, size);
  else if (surface.kind === 'pdf' && hasErasers) paintWithCuts(surface, strokes, size);
  else if (surface.kind === 'raster' && (hasErasers || hasMultiply)) paintOnSeparateCanvas(surface, strokes);
  else yield* paintElements(surface, strokes);
}

function isMultiplied(element: BoardElement): boolean {
  return element.kind === 'freehand' && element.multiply;
}

/** Draws elements and pauses after each of them. */
export function* paintElements(surface: Surface, elements: readonly BoardElement[]): Generator<void, void> {
  for (const element of elements) {
    paintElement(surface, element);
    yield;
  }
}

function paintAll(surface: Surface, elements: readonly BoardElement[]): void {
  for (const element of elements) paintElement(surface, element);
}

function paintElement(surface: Surface, element: BoardElement): void {
  switch (element.kind) {
    case 'freehand':
      paintFreehand(surface, element);
      break;
    case 'eraser':
      erase(surface.context, element);
      break;
    case 'text':
      paintText(surface.context, element);
      break;
    case 'note':
      paintNote(surface.context, element);
      break;
    case 'line':
    case 'arrow':
    case 'rectangle':
    case 'ellipse':
      paintShape(surface.context, element);
      break;
  }
}

function paintFreehand({ kind, context }: Surface, freehand: Freehand): void {
  const outline = computeOutline(freehand.points, freehand.options);
  withSavedState(context, () => {
    context.globalAlpha = freehand.opacity;
    if (freehand.multiply) context.globalCompositeOperation = 'multiply';
    context.fillStyle = freehand.colour;
    context.beginPath();
    traceOutline(context, outline, freehand.options.roundedOutline, ROUNDINGS[kind]);
    context.fill();
  });
}

function erase(context: DrawingContext, eraser: Eraser): void {
  withSavedState(context, () => {
    context.globalCompositeOperation = 'destination-out';
    context.fillStyle = '#000000';
    context.beginPath();
    traceOutline(context, computeOutline(eraser.points, eraser.options), eraser.options.roundedOutline, identity);
    context.fill();
  });
}

/** For a raster picture, draws the strokes on a separate canvas and then draws it over the page. */
function paintOnSeparateCanvas(surface: RasterSurface, strokes: readonly BoardElement[]): void {
  const { canvas } = surface.context;
  const layer = createCanvas(canvas.width, canvas.height);
  const context = layer.getContext('2d');
  context.setTransform(surface.context.getTransform());
  paintAll({ ...surface, context }, strokes);
  withSavedState(surface.context, () => {
    surface.context.resetTransform();
    surface.context.drawImage(layer, 0, 0);
  });
  // Frees the memory of the layer at once instead of at the next garbage collection.
  layer.width = 1;
  layer.height = 1;
}

/**
 * In a PDF, erasing would also erase the page. Instead, each stroke is clipped by the later erasers
 * that overlap it; each clip adds to the size of the file.
 */
function paintWithCuts(surface: PdfSurface, strokes: readonly BoardElement[], size: Size): void {
  const cuts = findCuts(strokes);
  if (exceedsCutLimits(cuts, size)) {
    paintRasterized(surface, strokes, size);
    return;
  }
  const remaining = new Map<Eraser, Path2D>();
  for (const { element, erasers } of cuts) {
    withSavedState(surface.context, () => {
      for (const eraser of erasers) {
        const clip = remaining.get(eraser) ?? pageWithoutEraser(eraser, size);
        remaining.set(eraser, clip);
        // Path operations return even-odd paths; a canvas clips by the non-zero rule by default.
        surface.context.clip(clip, 'evenodd');
      }
      paintElement(surface, element);
    });
  }
}

/**
 * A single eraser that crosses itself thousands of times would keep the path operations busy for
 * minutes.
 */
function exceedsCutLimits(cuts: readonly Cut[], size: Size): boolean {
  const sizes = new Map<Eraser, OutlineSize>();
  let [erasers, crossings, vertices] = [0, 0, 0];
  for (const cut of cuts) {
    erasers += cut.erasers.length;
    for (const eraser of cut.erasers) {
      const known = sizes.get(eraser);
      const outline = known ?? measureOutline(eraser.points, eraser.options, size);
      sizes.set(eraser, outline);
      vertices += outline.vertices;
      if (!known) crossings += outline.crossings;
    }
  }
  const max = limits.cuts;
  return erasers > max.erasers || crossings > max.crossings || vertices > max.vertices;
}

/** Each element with the later erasers that overlap its bounds. */
function findCuts(strokes: readonly BoardElement[]): Cut[] {
  const later: { eraser: Eraser; bounds: Bounds }[] = [];
  const cuts: Cut[] = [];
  for (const element of strokes.toReversed()) {
    const bounds = computeBounds(element);
    if (element.kind === 'eraser') later.push({ eraser: element, bounds });
    else {
      const erasers = later.filter((each) => overlaps(bounds, each.bounds)).map(({ eraser }) => eraser);
      cuts.push({ element, erasers });
    }
  }
  return cuts.reverse();
}

/** Draws the layer as an image, where vector cuts would make the file too large to open. */
function paintRasterized({ context }: Surface, strokes: readonly BoardElement[], size: Size): void {
  const ratio = Math.min(LAYER_RATIO, Math.sqrt(MAX_LAYER_PIXELS / (size.width * size.height)));
  const layer = createCanvas(Math.ceil(size.width * ratio), Math.ceil(size.height * ratio));
  const pixels = layer.getContext('2d');
  pixels.scale(ratio, ratio);
  paintAll({ kind: 'raster', context: pixels, ratio }, strokes);
  context.drawImage(layer, 0, 0, layer.width / ratio, layer.height / ratio);
}

/**
 * In an SVG, each stroke is masked by the later erasers that overlap it. Strokes that follow each other and have the same
 * erasers share a mask.
 */
function* paintWithMasks(surface: SvgSurface, strokes: readonly BoardElement[], size: Size): Generator<void, void> {
  const { context } = surface;
  const runs = findRuns(strokes);
  if (runs.reduce((uses, { erasers }) => uses + erasers.length, 0) > limits.masks) {
    paintRasterized(surface, strokes, size);
    return;
  }
  const hasMultiply = strokes.some(isMultiplied);
  // Multiplied strokes multiply with those of their layer only.
  if (hasMultiply) context.openGroup({ isolated: true });
  const ids = new Map<Eraser, string>();
  for (const { elements, erasers } of runs) {
    for (const eraser of erasers) {
      if (!ids.has(eraser))
        ids.set(
          eraser,
          context.defineShape((path) => {
            traceEraser(path, eraser);
          }),
        );
    }
    const shapes = erasers.map((eraser) => ids.get(eraser) ?? '');
    const mask = shapes.length === 0 ? undefined : context.defineMask(shapes, boundVisible(elements, size));
    const isMultiply = elements.some(isMultiplied);
    // A group is isolated by its mask: what is multiplied has the mask itself.
    if (isMultiply) context.mask = mask;
    else if (mask !== undefined) context.openGroup({ mask });
    yield* paintElements(surface, elements);
    if (isMultiply) context.mask = undefined;
    else if (mask !== undefined) context.closeGroup();
  }
  if (hasMultiply) context.closeGroup();
}

function traceEraser(path: PathSink, { points, options }: Eraser): void {
  traceOutline(path, computeOutline(points, options), options.roundedOutline, toHundredths);
}

interface Run {
  readonly elements: BoardElement[];
  readonly erasers: readonly Eraser[];
}

/** Elements that follow each other and have the same erasers. Multiplied ones are alone. */
function findRuns(strokes: readonly BoardElement[]): Run[] {
  const runs: Run[] = [];
  for (const { element, erasers } of findCuts(strokes)) {
    const last = runs.at(-1);
    const first = last?.elements[0];
    const isSame =
      last?.erasers.length === erasers.length && erasers.every((each, index) => each === last.erasers[index]);
    const isAlone = isMultiplied(element) || (first !== undefined && isMultiplied(first));
    if (isSame && !isAlone) last.elements.push(element);
    else runs.push({ elements: [element], erasers });
  }
  return runs;
}

/** The part of the page where elements are. */
function boundVisible(elements: readonly BoardElement[], { width, height }: Size): Bounds {
  const all = elements.map(computeBounds);
  const clamped = (values: number[], max: number) => values.map((value) => Math.min(max, Math.max(0, value)));
  return {
    left: Math.min(
      ...clamped(
        all.map(({ left }) => left),
        width,
      ),
    ),
    top: Math.min(
      ...clamped(
        all.map(({ top }) => top),
        height,
      ),
    ),
    right: Math.max(
      ...clamped(
        all.map(({ right }) => right),
        width,
      ),
    ),
    bottom: Math.max(
      ...clamped(
        all.map(({ bottom }) => bottom),
        height,
      ),
    ),
  };
}

/** The area of the page without that of an eraser. */
function pageWithoutEraser(eraser: Eraser, size: Size): Path2D {
  const hole = new Path2D();
  traceEraser(hole, eraser);
  const remaining = new Path2D();
  remaining.rect(0, 0, size.width, size.height);
  return remaining.op(hole, PathOp.Difference);
}

const INFINITE_BOUNDS: Bounds = { left: -Infinity, top: -Infinity, right: Infinity, bottom: Infinity };

/** A box that contains an element. The box of text, whose size depends on its font, is infinite. */
function computeBounds(element: BoardElement): Bounds {
  switch (element.kind) {
    case 'freehand':
    case 'eraser':
      // At full pressure a stroke reaches 0.75 of its size to either side; a spline may overshoot.
      return boundPoints(element.points, element.options.size * (element.options.spline ? 4 : 1));
    case 'line':
    case 'arrow': {
      const reach = 2 * element.lineWidth + (element.kind === 'arrow' ? element.headLength : 0);
      const ends: Position[] = [
        [element.fromX, element.fromY],
        [element.toX, element.toY],
      ];
      return boundPoints(Points.of(ends), reach);
    }
    case 'rectangle': {
      const corners: Position[] = [
        [element.x, element.y],
        [element.x + element.width, element.y + element.height],
      ];
      return boundPoints(Points.of(corners), element.lineWidth);
    }
    case 'ellipse':
      return boundPoints(
        Points.of([[element.x, element.y]]),
        Math.max(element.radiusX, element.radiusY) + element.lineWidth,
      );
    case 'text':
    case 'note':
      return INFINITE_BOUNDS;
  }
}

function overlaps(a: Bounds, b: Bounds): boolean {
  return a.left <= b.right && b.left <= a.right && a.top <= b.bottom && b.top <= a.bottom;
}

function boundPoints(points: Points, reach: number): Bounds {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let index = 0; index < points.length; index += 1) {
    left = Math.min(left, points.x(index));
    top = Math.min(top, points.y(index));
    right = Math.max(right, points.x(index));
    bottom = Math.max(bottom, points.y(index));
  }
  return { left: left - reach, top: top - reach, right: right + reach, bottom: bottom + reach };
}
