import type { Cell, TableColumn } from '../table';
import { columnWidth, WIDEST } from './column-width';

const SAMPLED_ROWS = 200;
const TIME_WIDTH = 19;
const EXACT_TIME_WIDTH = 23;

/** What the first rows of a table tell of one of its columns. */
export interface SampledColumn {
  /** In characters. */
  readonly width: number;
  /** Whether its moments show fractions of a second. */
  readonly hasFractions: boolean;
}

/**
 * @param names what stands above each column
 * @param rows the first of the table
 */
export function sampledColumns(
  columns: readonly TableColumn[],
  names: readonly (readonly string[])[],
  rows: readonly (readonly Cell[])[],
): SampledColumn[] {
  return columns.map(({ type }, index) => {
    const cells = rows.slice(0, SAMPLED_ROWS).map((row) => row[index] ?? null);
    const hasFractions = cells.some((cell) => cell instanceof Date && cell.getTime() % 1000 !== 0);
    const times = hasFractions ? EXACT_TIME_WIDTH : TIME_WIDTH;
    const longest = type === 'moment' ? times : Math.max(0, ...cells.map((cell) => extent(String(cell ?? ''))));
    return { width: columnWidth(Math.max(...(names[index] ?? []).map(extent)), longest), hasFractions };
  });
}

/** How many characters a text takes up; wide ones, which have more bytes, count for more. */
function extent(text: string): number {
  const [...characters] = text.slice(0, 2 * WIDEST);
  const shown = characters.slice(0, WIDEST);
  return shown.length + Math.floor((Buffer.byteLength(shown.join('')) - shown.length) / 4);
}
