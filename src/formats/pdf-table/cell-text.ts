import type { Cell, CellType, TableColumn } from '../table';

/** Narrower than names of months. Only where English is written do people disagree on which number is the month. */
const IN_DIGITS = { year: 'numeric', month: '2-digit', day: '2-digit', hour: 'numeric', minute: '2-digit' } as const;

/** What cells say to people, in a table's language and time zone. Digits are those that all who read a mark know. */
export class CellText {
  private readonly moments: Intl.DateTimeFormat;
  private readonly momentsInCells: Intl.DateTimeFormat;
  private readonly point: string;

  constructor(language: string, timeZone: string) {
    const locale = new Intl.Locale(language, { numberingSystem: 'latn' });
    this.moments = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', timeZone });
    this.momentsInCells =
      locale.language === 'en' ? this.moments : new Intl.DateTimeFormat(locale, { ...IN_DIGITS, timeZone });
    const parts = new Intl.NumberFormat(locale).formatToParts(0.5);
    this.point = parts.find(({ type }) => type === 'decimal')?.value ?? '.';
  }

  of(cell: Cell, type: CellType): string {
    if (cell === null) return '';
    if (cell instanceof Date) return this.momentsInCells.format(cell);
    if (typeof cell === 'number' && type === 'duration') return duration(cell);
    if (type === 'decimal') return String(cell).replace('.', this.point);
    return typeof cell === 'number' ? String(cell) : cell;
  }

  /** What of a cell belongs together on a line: the day of a moment, and its time. */
  parts(cell: Cell, type: CellType): string[] {
    if (!(cell instanceof Date)) return [this.of(cell, type)];
    const parts = this.momentsInCells.formatToParts(cell);
    const hour = parts.findIndex((part) => part.type === 'hour');
    return [parts.slice(0, hour), parts.slice(hour)].map((half) =>
      half
        .map(({ value }) => value)
        .join('')
        .trim(),
    );
  }

  /** A moment in a sentence. */
  moment(moment: Date): string {
    return this.moments.format(moment);
  }
}

/** Whether a column's cells stand under each other by their ends, as numbers do. */
export function isFigure({ type }: TableColumn): boolean {
  return type === 'integer' || type === 'decimal' || type === 'duration';
}

/** `m:ss`, or `h:mm:ss` from an hour on. */
function duration(total: number): string {
  const seconds = Math.abs(Math.round(total));
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const rest = String(seconds % 60).padStart(2, '0');
  const text = hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${rest}` : `${minutes}:${rest}`;
  return total < 0 ? `-${text}` : text;
}
