import type { Note, StickyNote, Text, Typeface } from '../../model/board/board';
import { toCssFont } from './fonts';
import { unifyIdeographs } from './searchable-font';
import { type DrawingContext, type Surface, withSavedState } from './surface';
import { createTextMeasure, fillLine, layOutText, type TextBox } from './text-layout';

const NOTE_PADDING = 8;
const NOTE_FILL = '#ffffa5';
const NOTE_BORDER = '#e6e600';
const STICKY_PADDING = 10;
const STICKY_CORNER = 6;
const STICKY_SHADOW = { colour: 'rgba(0, 0, 0, 0.15)', blur: 8, offset: 2 };

/**
 * Skia rounds text metrics to whole units. Drawing enlarged text and scaling it down makes the
 * error invisible.
 */
const TEXT_SCALE = 16;

export function paintText(context: DrawingContext, element: Text): void {
  const { typeface, fontSize, wrapWidth: width, text } = element;
  if (fontSize <= 0) return;
  const lines = breakIntoLines(context, text, typeface, { width, height: null, fontSize, ellipsis: false });
  withSavedState(context, () => {
    context.globalAlpha = element.opacity;
    context.fillStyle = element.colour;
    paintLines(context, lines, typeface, fontSize, element.x, element.y);
  });
}

/** Draws a note: a yellow box that fits its text unless the note has a size. */
export function paintNote(context: DrawingContext, note: Note): void {
  const { fontSize, x, y } = note;
  const inner = note.width === null ? null : Math.max(1, note.width - 2 * NOTE_PADDING);
  const lines = breakIntoLines(context, note.text, 'arial', { width: inner, height: null, fontSize, ellipsis: false });
  const width = note.width ?? measureWidest(context, lines, 'arial', fontSize) + 2 * NOTE_PADDING;
  const height = note.height ?? lines.length * fontSize + 2 * NOTE_PADDING;
  withSavedState(context, () => {
    context.fillStyle = NOTE_FILL;
    context.fillRect(x, y, width, height);
    context.strokeStyle = NOTE_BORDER;
    context.lineWidth = 1;
    context.strokeRect(x, y, width, height);
    context.fillStyle = note.colour;
    paintLines(context, lines, 'arial', fontSize, x + NOTE_PADDING, y + NOTE_PADDING);
  });
}

/**
 * Draws a note note: a coloured card with a soft shadow. Text that does not fit ends with an
 * ellipsis.
 */
export function paintStickyNote(surface: Surface, note: StickyNote): void {
  const { context, ratio } = surface;
  const { x, y, fontSize } = note;
  const [width, height] = [note.width - 2 * STICKY_PADDING, note.height - 2 * STICKY_PADDING];
  withSavedState(context, () => {
    context.globalAlpha = note.opacity;
    context.fillStyle = note.colour;
    context.shadowColor = STICKY_SHADOW.colour;
    context.shadowBlur = STICKY_SHADOW.blur * ratio;
    context.shadowOffsetX = STICKY_SHADOW.offset * ratio;
    context.shadowOffsetY = STICKY_SHADOW.offset * ratio;
    context.beginPath();
    context.roundRect(x, y, note.width, note.height, STICKY_CORNER);
    context.fill();
  });
  if (width <= 0 || height <= 0) return;
  const lines = breakIntoLines(context, note.text, 'system', { width, height, fontSize, ellipsis: true });
  withSavedState(context, () => {
    context.fillStyle = note.textColour;
    paintLines(context, lines, 'system', fontSize, x + STICKY_PADDING, y + STICKY_PADDING);
  });
}

function breakIntoLines(context: DrawingContext, text: string, typeface: Typeface, box: TextBox): string[] {
  // Skia refuses texts with NUL.
  const drawable = unifyIdeographs(text.replaceAll('\0', '\ufffd'));
  return layOutText(drawable, box, createTextMeasure(context, toCssFont(typeface, box.fontSize)));
}

function measureWidest(
  context: DrawingContext,
  lines: readonly string[],
  typeface: Typeface,
  fontSize: number,
): number {
  const measure = createTextMeasure(context, toCssFont(typeface, fontSize));
  return lines.reduce((width, line) => Math.max(width, measure(line)), 0);
}

/**
 * Draws lines with the baseline of Konva 10, which centres the font's rounded ascent and descent in
 * the line.
 */
function paintLines(
  context: DrawingContext,
  lines: readonly string[],
  typeface: Typeface,
  fontSize: number,
  x: number,
  y: number,
): void {
  context.font = toCssFont(typeface, fontSize);
  const { fontBoundingBoxAscent: ascent, fontBoundingBoxDescent: descent } = context.measureText('M');
  const baseline = y + (Math.round(ascent) - Math.round(descent)) / 2 + fontSize / 2;
  withSavedState(context, () => {
    context.translate(x, baseline);
    context.scale(1 / TEXT_SCALE, 1 / TEXT_SCALE);
    context.font = toCssFont(typeface, fontSize * TEXT_SCALE);
    lines.forEach((line, index) => {
      fillLine(context, line, 0, index * fontSize * TEXT_SCALE);
    });
  });
}
