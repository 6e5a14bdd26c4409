import { createCanvas, Path2D, PathOp, type SKRSContext2D } from '@napi-rs/canvas';
import type { Eraser, Ink, Mark, Size } from '../../model/board/board';
import { inkOutline, traceOutline } from './ink-outline';
import { paintShape } from './shape-painter';
import { saved, type Surface } from './surface';
import { paintNote, paintWriting } from './text-painter';

const asIs = (value: number): number => value;
/** A hundredth of a pixel is beyond what any printer shows, and halves the numbers in a PDF. */
const toHundredths = (value: number): number => Math.round(value * 100) / 100;

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
}

/**
 * In a PDF erasing would take the page away as well. Instead every stroke is drawn through a clip that leaves out what
 * later erasers cover: the clips are nested from the last eraser to the first, and opened one by one on the way.
 */
function paintWithCuts(surface: Surface, strokes: readonly Mark[], size: Size): void {
  const { context } = surface;
  const erasers = strokes.filter((mark) => mark.kind === 'eraser');
  for (const eraser of erasers.toReversed()) {
    context.save();
    const hole = new Path2D();
    traceOutline(hole, inkOutline(eraser.points, eraser.stroking), eraser.stroking.roundedOutline, toHundredths);
    const remaining = new Path2D();
    remaining.rect(0, 0, size.width, size.height);
    // Path operations answer in even-odd paths, and a canvas clips by the non-zero rule unless told.
    context.clip(remaining.op(hole, PathOp.Difference), 'evenodd');
  }
  for (const mark of strokes) {
    if (mark.kind === 'eraser') context.restore();
    else paintMarks(surface, [mark]);
  }
}
