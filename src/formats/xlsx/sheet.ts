import { inlineText } from './cell';
import { STYLES } from './styles';
import { xmlPart } from './xml';

/** A text in a line at the top of a sheet. */
export interface HeaderCell {
  readonly text: string;
  /** Whether it is marked as a text, because it would become a formula when somebody edits it. */
  readonly isQuoted: boolean;
}

export interface SheetHead {
  /** Of each column, in characters. */
  readonly widths: readonly number[];
  /** One line or more, which stay in sight while the rows are scrolled. */
  readonly header: readonly (readonly HeaderCell[])[];
  /** Whether it is the sheet that is seen first. */
  readonly isFirst: boolean;
  /** Whether its first column is on the right. */
  readonly isRightToLeft?: boolean;
}

/** What stands before the rows of a sheet: how it is looked at, and the lines of the header. */
export function sheetHead({ widths, header, isFirst, isRightToLeft = false }: SheetHead): Buffer {
  const view = `${isRightToLeft ? ' rightToLeft="1"' : ''}${isFirst ? ' tabSelected="1"' : ''}`;
  const columns = widths.map(
    (width, index) => `<col min="${index + 1}" max="${index + 1}" width="${width}" customWidth="1"/>`,
  );
  return xmlPart(
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">' +
      `<sheetViews><sheetView${view} workbookViewId="0">` +
      `<pane ySplit="${header.length}" topLeftCell="A${header.length + 1}" activePane="bottomLeft" state="frozen"/>` +
      '</sheetView></sheetViews>' +
      `${columns.length > 0 ? `<cols>${columns.join('')}</cols>` : ''}<sheetData>${header.map(headerRow).join('')}`,
  );
}

function headerRow(cells: readonly HeaderCell[]): string {
  const texts = cells.map(({ text, isQuoted }) => inlineText(text, isQuoted ? STYLES.quotedHeader : STYLES.header));
  return `<row>${texts.join('')}</row>\n`;
}

/** @param place of the line that has the names, and how many lines the sheet has with it */
export function sheetFoot(columns: number, { headerRow, rows }: { headerRow: number; rows: number }): Buffer {
  const filter = columns > 0 ? `<autoFilter ref="A${headerRow}:${columnLetters(columns)}${rows}"/>` : '';
  return Buffer.from(`</sheetData>${filter}</worksheet>`);
}

/** The name of the column of that number, from 1. */
function columnLetters(number: number): string {
  const rest = Math.floor((number - 1) / 26);
  return (rest > 0 ? columnLetters(rest) : '') + String.fromCharCode(65 + ((number - 1) % 26));
}
