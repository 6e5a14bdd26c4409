import type { Cell, CellType } from '../content';

/** Narrower than names of months. Only in English do readers disagree on which number is the month. */
const IN_DIGITS = { year: 'numeric', month: '2-digit', day: '2-digit', hour: 'numeric', minute: '2-digit' } as const;

/** Formats cells for people, in the language and time zone of a table. Digits are always 0 to 9. */
export class CellFormat {
  private readonly moments: Intl.DateTimeFormat;
  private readonly momentsInCells: Intl.DateTimeFormat;
  private readonly decimalPoint: string;

  constructor(language: string, timeZone: string) {
    const locale = new Intl.Locale(language, { numberingSystem: 'latn' });
    this.moments = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', timeZone });
    this.momentsInCells =
      locale.language === 'en' ? this.moments : new Intl.DateTimeFormat(locale, { ...IN_DIGITS, timeZone });
    const parts = new Intl.NumberFormat(locale).formatToParts(0.5);
    this.decimalPoint = parts.find(({ type }) => type === 'decimal')?.value ?? '.';
  }

  toText(cell: Cell, type: CellType): string {
    if (cell === null) return '';
    if (cell instanceof Date) return this.momentsInCells.format(cell);
    if (typeof cell === 'number' && type === 'duration') return formatDuration(cell);
    if (type === 'decimal') return String(cell).replace('.', this.decimalPoint);
    return typeof cell === 'number' ? String(cell) : cell;
  }

  /** The parts of a cell that should not be broken: of a moment, its date and its time. */
  toUnbreakableParts(cell: Cell, type: CellType): string[] {
    if (!(cell instanceof Date)) return [this.toText(cell, type)];
    const parts = this.momentsInCells.formatToParts(cell);
    const hour = parts.findIndex((part) => part.type === 'hour');
    return [parts.slice(0, hour), parts.slice(hour)].map((half) =>
      half
        .map(({ value }) => value)
        .join('')
        .trim(),
    );
  }

  /** A moment inside a sentence. */
  formatMoment(moment: Date): string {
    return this.moments.format(moment);
  }
}

/** `m:ss`, or `h:mm:ss` from an hour on. */
function formatDuration(total: number): string {
  const seconds = Math.abs(Math.round(total));
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const rest = String(seconds % 60).padStart(2, '0');
  const text = hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${rest}` : `${minutes}:${rest}`;
  return total < 0 ? `-${text}` : text;
}

/** In UTF-16 units; a page holds about four thousand characters. */
export const MAX_TEXT_LENGTH = 2_000;
const MAX_COMBINING_MARKS = 8;
const ELLIPSIS = '…';

const LINE_ENDS = /\r\n|[\n\r\v\f\u0085\u2028\u2029]/g;
const EMPTY_LINES = /\n(?:[ ]*\n){2,}/g;
const CONTROLS = /[\u0000-\u0008\u000e-\u001f\u007f-\u009f\ufff9-\ufffb]/g;
const EXCESS_MARKS = new RegExp(`(\\p{M}{${MAX_COMBINING_MARKS}})\\p{M}+`, 'gu');

/**
 * A text as paper can show it: well-formed, NFC, with `\n` for all line ends and spaces for tabs, without control
 * characters, and truncated if it is longer than `maxLength`.
 * @returns the text, and whether something was left out
 */
export function toPrintable(
  text: string,
  maxLength = MAX_TEXT_LENGTH,
): { readonly text: string; readonly isTruncated: boolean } {
  const beginning = text.slice(0, maxLength + 1).toWellFormed();
  const clean = beginning
    .replace(LINE_ENDS, '\n')
    .replace(/\t/g, ' ')
    .replace(CONTROLS, '')
    .normalize('NFC')
    .replace(EMPTY_LINES, '\n\n');
  const light = clean.replace(EXCESS_MARKS, '$1');
  const isTooLong = text.length > maxLength;
  const shown = isTooLong
    ? `${light
        .slice(0, maxLength - 1)
        .toWellFormed()
        .trimEnd()}${ELLIPSIS}`
    : light.trimEnd();
  return { text: shown, isTruncated: isTooLong || light !== clean };
}

/** A printable text on one line. */
export function toOneLine(text: string, maxLength = MAX_TEXT_LENGTH): string {
  return toPrintable(text, maxLength).text.replaceAll('\n', ' ');
}
