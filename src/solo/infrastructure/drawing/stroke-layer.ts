import { createCanvas, Path2D, PathOp, type SKRSContext2D } from '@napi-rs/canvas';
import type { Eraser, Ink, Mark, Size } from '../../model/board/board';
import { limits } from '../../model/board/limits';
import { outlineSize, type OutlineSize } from '../../model/board/outline-size';
import { inkOutline, traceOutline } from './ink-outline';
import { boundsOf, overlap, type Bounds } from './mark-bounds';
import { paintShape } from './shape-painter';
import { saved, type Surface } from './surface';
import { paintNote, paintWriting } from './text-painter';

interface Cut {
  readonly mark: Mark;
  readonly erasers: readonly Eraser[];
}

const asIs = (value: number): number => value;
/** A hundredth of a pixel is beyond what any printer shows, and halves the numbers in a PDF. */
const toHundredths = (value: number): number => Math.round(value * 100) / 100;

/** Pixels of such an image to each of the page, and how many there are at most. */
const LAYER_RATIO = 2;
const MAX_LAYER_PIXELS = 16_000_000;

/**
 * Draws the strokes as a layer of their own: an eraser cuts earlier strokes only, a multiplying highlighter darkens
 * earlier strokes only; what lies below the layer keeps whole.
 */
export function paintStrokeLayer(surface: Surface, strokes: readonly Mark[], size: Size): void {
  const erases = strokes.some(({ kind }) => kind === 'eraser');
  const multiplies = strokes.some((mark) => mark.kind === 'ink' && mark.multiply);
  if (surface.vector && erases) paintWithCuts(surface, strokes, size);
  else if (!surface.vector && (erases || multiplies)) paintApart(surface, strokes);
  else paintMarks(surface, strokes);
}

/** Draws marks one above the other. */
export function paintMarks(surface: Surface, marks: readonly Mark[]): void {
  for (const mark of marks) {
    switch (mark.kind) {
      case 'ink':
        paintInk(surface, mark);
        break;
      case 'eraser':
        erase(surface.context, mark);
        break;
      case 'writing':
        paintWriting(surface.context, mark);
        break;
      case 'note':
        paintNote(surface.context, mark);
        break;
      case 'line':
      case 'arrow':
      case 'rectangle':
      case 'ellipse':
        paintShape(surface.context, mark);
        break;
    }
  }
}

function paintInk({ context, vector }: Surface, ink: Ink): void {
  const outline = inkOutline(ink.points, ink.stroking);
  saved(context, () => {
    context.globalAlpha = ink.opacity;
    if (ink.multiply) context.globalCompositeOperation = 'multiply';
    context.fillStyle = ink.colour;
    context.beginPath();
    traceOutline(context, outline, ink.stroking.roundedOutline, vector ? toHundredths : asIs);
    context.fill();
  });
}

function erase(context: SKRSContext2D, eraser: Eraser): void {
  saved(context, () => {
    context.globalCompositeOperation = 'destination-out';
    context.fillStyle = '#000000';
    context.beginPath();
    traceOutline(context, inkOutline(eraser.points, eraser.stroking), eraser.stroking.roundedOutline, asIs);
    context.fill();
  });
}

/** On pixels the layer is a canvas of its own, laid over the page when it is complete. */
function paintApart(surface: Surface, strokes: readonly Mark[]): void {
  const { canvas } = surface.context;
  const layer = createCanvas(canvas.width, canvas.height);
  const context = layer.getContext('2d');
  context.setTransform(surface.context.getTransform());
  paintMarks({ ...surface, context }, strokes);
  saved(surface.context, () => {
    surface.context.resetTransform();
    surface.context.drawImage(layer, 0, 0);
  });
  // Gives the layer's memory back at once, not when the garbage is collected.
  layer.width = 1;
  layer.height = 1;
}

/**
 * In a PDF erasing would take the page away as well. Instead every stroke is drawn through a clip that leaves out what
 * later erasers cover; only those near it, as each clip adds to the file.
 */
function paintWithCuts(surface: Surface, strokes: readonly Mark[], size: Size): void {
  const cuts = cutsOf(strokes);
  if (areTooMany(cuts, size)) {
    paintAsPixels(surface, strokes, size);
    return;
  }
  const remaining = new Map<Eraser, Path2D>();
  for (const { mark, erasers } of cuts) {
    saved(surface.context, () => {
      for (const eraser of erasers) {
        const clip = remaining.get(eraser) ?? remainingOf(eraser, size);
        remaining.set(eraser, clip);
        // Path operations answer in even-odd paths, and a canvas clips by the non-zero rule unless told.
        surface.context.clip(clip, 'evenodd');
      }
      paintMarks(surface, [mark]);
    });
  }
}

/** A single eraser that is moved to and fro a thousand times keeps the path operations busy for minutes. */
function areTooMany(cuts: readonly Cut[], size: Size): boolean {
  const sizes = new Map<Eraser, OutlineSize>();
  let [erasers, crossings, vertices] = [0, 0, 0];
  for (const cut of cuts) {
    erasers += cut.erasers.length;
    for (const eraser of cut.erasers) {
      const known = sizes.get(eraser);
      const outline = known ?? outlineSize(eraser.points, eraser.stroking, size);
      sizes.set(eraser, outline);
      vertices += outline.vertices;
      if (!known) crossings += outline.crossings;
    }
  }
  const most = limits.cuts;
  return erasers > most.erasers || crossings > most.crossings || vertices > most.vertices;
}

/** Each mark with the later erasers that may touch it. */
function cutsOf(strokes: readonly Mark[]): Cut[] {
  const later: { eraser: Eraser; bounds: Bounds }[] = [];
  const cuts: Cut[] = [];
  for (const mark of strokes.toReversed()) {
    const bounds = boundsOf(mark);
    if (mark.kind === 'eraser') later.push({ eraser: mark, bounds });
    else {
      const erasers = later.filter((each) => overlap(bounds, each.bounds)).map(({ eraser }) => eraser);
      cuts.push({ mark, erasers });
    }
  }
  return cuts.reverse();
}

/** Where thousands of cuts would make a file that nobody can open, the layer becomes an image. */
function paintAsPixels({ context }: Surface, strokes: readonly Mark[], size: Size): void {
  const ratio = Math.min(LAYER_RATIO, Math.sqrt(MAX_LAYER_PIXELS / (size.width * size.height)));
  const layer = createCanvas(Math.ceil(size.width * ratio), Math.ceil(size.height * ratio));
  const pixels = layer.getContext('2d');
  pixels.scale(ratio, ratio);
  paintMarks({ context: pixels, vector: false, ratio }, strokes);
  context.drawImage(layer, 0, 0, layer.width / ratio, layer.height / ratio);
}

/** The page without what an eraser covers. */
function remainingOf(eraser: Eraser, size: Size): Path2D {
  const hole = new Path2D();
  traceOutline(hole, inkOutline(eraser.points, eraser.stroking), eraser.stroking.roundedOutline, toHundredths);
  const remaining = new Path2D();
  remaining.rect(0, 0, size.width, size.height);
  return remaining.op(hole, PathOp.Difference);
}
