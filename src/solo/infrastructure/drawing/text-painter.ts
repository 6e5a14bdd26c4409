import type { SKRSContext2D } from '@napi-rs/canvas';
import type { Note, Sticky, Typeface, Writing } from '../../model/board/board';
import { fontOf } from './fonts';
import { withoutDoubles } from './searchable-font';
import { saved, type Surface } from './surface';
import { layOutText, type TextBox } from './text-layout';
import { fillLine, textMeasure } from './text-run';

const NOTE_PADDING = 8;
const NOTE_FILL = '#ffffa5';
const NOTE_BORDER = '#e6e600';
const STICKY_PADDING = 10;
const STICKY_CORNER = 6;
const STICKY_SHADOW = { colour: 'rgba(0, 0, 0, 0.15)', blur: 8, offset: 2 };

/** Skia's text layout rounds its metrics to whole units: on enlarged text that shifts nothing visible. */
const ENLARGED = 16;

/** Draws text with its top left corner in place. */
export function paintWriting(context: SKRSContext2D, writing: Writing): void {
  const { typeface, fontSize, wrapWidth: width, text } = writing;
  if (fontSize <= 0) return;
  const lines = linesOf(context, text, typeface, { width, height: null, fontSize, ellipsis: false });
  saved(context, () => {
    context.globalAlpha = writing.opacity;
    context.fillStyle = writing.colour;
    paintLines(context, lines, typeface, fontSize, writing.x, writing.y);
  });
}

/** Draws a note: a yellow box that grows with its text unless it has a size of its own. */
export function paintNote(context: SKRSContext2D, note: Note): void {
  const { fontSize, x, y } = note;
  const inner = note.width === null ? null : Math.max(1, note.width - 2 * NOTE_PADDING);
  const lines = linesOf(context, note.text, 'arial', { width: inner, height: null, fontSize, ellipsis: false });
  const width = note.width ?? widest(context, lines, 'arial', fontSize) + 2 * NOTE_PADDING;
  const height = note.height ?? lines.length * fontSize + 2 * NOTE_PADDING;
  saved(context, () => {
    context.fillStyle = NOTE_FILL;
    context.fillRect(x, y, width, height);
    context.strokeStyle = NOTE_BORDER;
    context.lineWidth = 1;
    context.strokeRect(x, y, width, height);
    context.fillStyle = note.colour;
    paintLines(context, lines, 'arial', fontSize, x + NOTE_PADDING, y + NOTE_PADDING);
  });
}

/** Draws a sticky: a coloured card with a soft shadow, its text cut with an ellipsis. */
export function paintSticky(surface: Surface, sticky: Sticky): void {
  const { context, ratio } = surface;
  const { x, y, fontSize } = sticky;
  const [width, height] = [sticky.width - 2 * STICKY_PADDING, sticky.height - 2 * STICKY_PADDING];
  saved(context, () => {
    context.globalAlpha = sticky.opacity;
    context.fillStyle = sticky.colour;
    context.shadowColor = STICKY_SHADOW.colour;
    context.shadowBlur = STICKY_SHADOW.blur * ratio;
    context.shadowOffsetX = STICKY_SHADOW.offset * ratio;
    context.shadowOffsetY = STICKY_SHADOW.offset * ratio;
    context.beginPath();
    context.roundRect(x, y, sticky.width, sticky.height, STICKY_CORNER);
    context.fill();
  });
  if (width <= 0 || height <= 0) return;
  const lines = linesOf(context, sticky.text, 'system', { width, height, fontSize, ellipsis: true });
  saved(context, () => {
    context.fillStyle = sticky.textColour;
    paintLines(context, lines, 'system', fontSize, x + STICKY_PADDING, y + STICKY_PADDING);
  });
}

function linesOf(context: SKRSContext2D, text: string, typeface: Typeface, box: TextBox): string[] {
  return layOutText(withoutDoubles(text), box, textMeasure(context, fontOf(typeface, box.fontSize)));
}

function widest(context: SKRSContext2D, lines: readonly string[], typeface: Typeface, fontSize: number): number {
  const measure = textMeasure(context, fontOf(typeface, fontSize));
  return lines.reduce((width, line) => Math.max(width, measure(line)), 0);
}

/**
 * The baseline lies where Konva 10 puts it: half way between the font's ascent and descent, in the middle of the line.
 * A browser reports both in whole pixels.
 */
function paintLines(
  context: SKRSContext2D,
  lines: readonly string[],
  typeface: Typeface,
  fontSize: number,
  x: number,
  y: number,
): void {
  context.font = fontOf(typeface, fontSize);
  const { fontBoundingBoxAscent: ascent, fontBoundingBoxDescent: descent } = context.measureText('M');
  const baseline = y + (Math.round(ascent) - Math.round(descent)) / 2 + fontSize / 2;
  saved(context, () => {
    context.translate(x, baseline);
    context.scale(1 / ENLARGED, 1 / ENLARGED);
    context.font = fontOf(typeface, fontSize * ENLARGED);
    lines.forEach((line, index) => {
      fillLine(context, line, 0, index * fontSize * ENLARGED);
    });
  });
}
