import { TimeZone } from '../../platform/time/time-zone';
import type { Cell, CellType } from '../content';
import { isFormula } from '../formula-guard';
import { toNumberCell, toTextCell } from './sheet-xml';
import { MAX_NUMBER_DIGITS, STYLES, toScaleStyle } from './styles';

const EMPTY = '<c/>';
const MAX_NUMBER = 10 ** MAX_NUMBER_DIGITS - 1;
const DECIMAL = /^-?\d+(?:\.(\d+))?$/;
/** A longer decimal may be closer to zero than any number of a cell. */
const MAX_DECIMAL_LENGTH = 300;

/** How the values of one column become cells. */
export interface CellColumn {
  readonly type: CellType;
  readonly serialTime: SerialTime;
  /** Whether its moments have fractions of a second. */
  readonly hasFractions: boolean;
  /** Whether texts that a spreadsheet would run as a formula are marked as texts. */
  readonly isGuarded: boolean;
  /** Returns what fits into a cell. */
  readonly fit: (text: string) => string;
}

/** The cell of a value; a text if a cell cannot represent the number or moment. */
export function toCell(cell: Cell, column: CellColumn): string {
  if (cell === null) return EMPTY;
  if (typeof cell === 'number')
    return Math.abs(cell) <= MAX_NUMBER ? toNumberCell(Object.is(cell, -0) ? 0 : cell) : toTextCell(String(cell));
  if (cell instanceof Date) return toMomentCell(cell, column);
  return column.type === 'decimal' ? toDecimalCell(cell, column) : toWrappedCell(column.fit(cell), column.isGuarded);
}

/** A text cell with line wrapping. @param text that fits into a cell */
export function toWrappedCell(text: string, isGuarded: boolean): string {
  return toTextCell(text, isGuarded && isFormula(text) ? STYLES.quotedWrapped : STYLES.wrapped);
}

function toMomentCell(moment: Date, { serialTime, hasFractions }: CellColumn): string {
  const serial = serialTime.toSerial(moment);
  if (serial === null) return toTextCell(moment.toISOString());
  return toNumberCell(serial, hasFractions ? STYLES.exactTime : STYLES.time);
}

/** Shown with all its digits after the decimal point. A cell keeps fifteen digits, and no minus sign of a zero. */
function toDecimalCell(digits: string, { fit }: CellColumn): string {
  const found = digits.length <= MAX_DECIMAL_LENGTH ? DECIMAL.exec(digits) : null;
  const significant = (found?.[1] === undefined ? digits : digits.replace(/0+$/, ''))
    .replace(/^[-0.]+/, '')
    .replace('.', '');
  const isMinusZero = significant === '' && digits.startsWith('-');
  if (!found || significant.length > MAX_NUMBER_DIGITS || isMinusZero) return toTextCell(fit(digits));
  return toNumberCell(digits, toScaleStyle(found[1]?.length ?? 0));
}

const DAY_MS = 24 * 60 * 60_000;
/** Serial numbers count from 1899-12-30, this many days before 1970. */
const EPOCH_DAYS = 25_569;
/** Before March 1900 Excel and others disagree: Excel has a 29 February 1900. */
const FIRST_SERIAL = 61;
/** The year 10000, for which spreadsheets have no dates. */
const END_SERIAL = 2_958_466;

/** Moments as the serial numbers of spreadsheets: days in the local time of a time zone. */
export class SerialTime {
  private readonly zone: TimeZone;

  /** @param timeZone IANA name @throws RangeError for any other */
  constructor(timeZone: string) {
    const zone = TimeZone.find(timeZone);
    if (!zone) throw new RangeError(`There is no time zone ${JSON.stringify(timeZone)}`);
    this.zone = zone;
  }

  /** @returns `null` for a moment that has no serial number */
  toSerial(moment: Date): number | null {
    const time = moment.getTime();
    if (Math.abs(time) > END_SERIAL * DAY_MS) return null;
    const serial = this.zone.civilAt(time) / DAY_MS + EPOCH_DAYS;
    return serial >= FIRST_SERIAL && serial < END_SERIAL ? serial : null;
  }
}
