import type { Cell, CellType } from '../table';
import { isFormula } from '../formula-guard';
import { inlineText, plainNumber } from './cell';
import { NUMBER_DIGITS } from './limits';
import type { LocalTime } from './local-time';
import { scaleStyle, STYLES } from './styles';

const EMPTY = '<c/>';
const MOST = 10 ** NUMBER_DIGITS - 1;
const DECIMAL = /^-?\d+(?:\.(\d+))?$/;
/** A longer one may be nearer to nothing than any number of a cell is. */
const MAX_DECIMAL_LENGTH = 300;

/** How the values of one column become cells. */
export interface ValueColumn {
  readonly type: CellType;
  readonly localTime: LocalTime;
  /** Whether its moments show fractions of a second. */
  readonly hasFractions: boolean;
  /** Whether texts that a spreadsheet would run as a formula are marked as texts. */
  readonly isGuarded: boolean;
  /** Gives what fits into a cell. */
  readonly fitting: (text: string) => string;
}

/** The cell of a value; a text where a cell has no such number or moment. */
export function valueCell(cell: Cell, column: ValueColumn): string {
  if (cell === null) return EMPTY;
  if (typeof cell === 'number')
    return Math.abs(cell) <= MOST ? plainNumber(Object.is(cell, -0) ? 0 : cell) : inlineText(String(cell));
  if (cell instanceof Date) return momentCell(cell, column);
  return column.type === 'decimal' ? decimalCell(cell, column) : guardedText(column.fitting(cell), column.isGuarded);
}

/** The cell of a text that fits into it, and wraps there. */
export function guardedText(text: string, isGuarded: boolean): string {
  return inlineText(text, isGuarded && isFormula(text) ? STYLES.quotedWrapped : STYLES.wrapped);
}

function momentCell(moment: Date, { localTime, hasFractions }: ValueColumn): string {
  const serial = localTime.serial(moment);
  if (serial === null) return inlineText(moment.toISOString());
  return plainNumber(serial, hasFractions ? STYLES.exactTime : STYLES.time);
}

/** Shown with as many digits behind the point as came. A cell keeps fifteen, and no minus before a zero. */
function decimalCell(digits: string, { fitting }: ValueColumn): string {
  const found = digits.length <= MAX_DECIMAL_LENGTH ? DECIMAL.exec(digits) : null;
  const significant = (found?.[1] === undefined ? digits : digits.replace(/0+$/, ''))
    .replace(/^[-0.]+/, '')
    .replace('.', '');
  const isMinusZero = significant === '' && digits.startsWith('-');
  if (!found || significant.length > NUMBER_DIGITS || isMinusZero) return inlineText(fitting(digits));
  return plainNumber(digits, scaleStyle(found[1]?.length ?? 0));
}
