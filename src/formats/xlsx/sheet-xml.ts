import { STYLES } from './styles';

/** Excel's limits: rows of a sheet, header included. */
export const MAX_SHEET_ROWS = 1_048_576;
export const MAX_SHEET_COLUMNS = 16_384;
/** UTF-16 units in one cell. */
export const MAX_CELL_UNITS = 32_767;

/** Widths of columns, in characters. */
export const MAX_COLUMN_WIDTH = 60;
const MIN_COLUMN_WIDTH = 8;
const CELL_MARGIN = 1.5;
const FILTER_BUTTON_WIDTH = 2.5;

const DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const REFERENCES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
};
const CONTROLS = '\\u0000-\\u0008\\u000b-\\u001f\\ufffe\\uffff';
const FALSE_CODE = new RegExp(`_(?=[xX][0-9A-Fa-f]{4}[_${CONTROLS}])`, 'g');
const CONTROL = new RegExp(`[${CONTROLS}]`, 'g');
const UNUSUAL = new RegExp(`[&<>"\\n${CONTROLS}]|_[xX]`);

/** A part of a workbook. */
export function toXmlPart(content: string): Buffer {
  return Buffer.from(DECLARATION + content);
}

/**
 * Any text as an attribute or as the content of an element. Workbooks write characters that XML lacks as a code,
 * `_x0001_`; the underscore of a text that only looks like a code is written as a code itself. Half a surrogate pair
 * becomes U+FFFD when the text is encoded.
 */
export function escapeXml(text: string): string {
  // Most texts need no escaping.
  if (!UNUSUAL.test(text)) return text;
  return text
    .replace(FALSE_CODE, '_x005F_')
    .replace(CONTROL, (control) => `_x${control.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`)
    .replace(/[&<>"\n]/g, (character) => REFERENCES[character] ?? character);
}

/** A text cell. No spreadsheet runs it as a formula, whatever it starts with. */
export function toTextCell(text: string, style: number = STYLES.plain): string {
  const open = style === STYLES.plain ? '<c' : `<c s="${style}"`;
  return `${open} t="inlineStr"><is><t xml:space="preserve">${escapeXml(text)}</t></is></c>`;
}

/** A number cell. @param digits of the number, or the number itself */
export function toNumberCell(digits: string | number, style: number = STYLES.plain): string {
  return style === STYLES.plain ? `<c><v>${digits}</v></c>` : `<c s="${style}"><v>${digits}</v></c>`;
}

/** The width of a column in characters, by the widths of its name and its longest value. */
export function toColumnWidth(name: number, longestValue: number): number {
  return Math.min(Math.max(MIN_COLUMN_WIDTH, longestValue, name + FILTER_BUTTON_WIDTH) + CELL_MARGIN, MAX_COLUMN_WIDTH);
}

/** A text in a header line of a sheet. */
export interface HeaderCell {
  readonly text: string;
  /** Whether it is marked as a text, because it would become a formula when somebody edits it. */
  readonly isQuoted: boolean;
}

interface SheetHead {
  /** Of each column, in characters. */
  readonly widths: readonly number[];
  /** One line or more, frozen above the rows. */
  readonly header: readonly (readonly HeaderCell[])[];
  /** Whether the workbook opens with this sheet. */
  readonly isFirst: boolean;
  /** Whether the first column is on the right. */
  readonly isRightToLeft?: boolean;
}

/** The part of a sheet before its rows: view, columns and header. */
export function toSheetHead({ widths, header, isFirst, isRightToLeft = false }: SheetHead): Buffer {
  const view = `${isRightToLeft ? ' rightToLeft="1"' : ''}${isFirst ? ' tabSelected="1"' : ''}`;
  const columns = widths.map(
    (width, index) => `<col min="${index + 1}" max="${index + 1}" width="${width}" customWidth="1"/>`,
  );
  return toXmlPart(
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">' +
      `<sheetViews><sheetView${view} workbookViewId="0">` +
      `<pane ySplit="${header.length}" topLeftCell="A${header.length + 1}" activePane="bottomLeft" state="frozen"/>` +
      '</sheetView></sheetViews>' +
      `${columns.length > 0 ? `<cols>${columns.join('')}</cols>` : ''}<sheetData>${header.map(toHeaderRow).join('')}`,
  );
}

function toHeaderRow(cells: readonly HeaderCell[]): string {
  const texts = cells.map(({ text, isQuoted }) => toTextCell(text, isQuoted ? STYLES.quotedHeader : STYLES.header));
  return `<row>${texts.join('')}</row>\n`;
}

/**
 * The part of a sheet after its rows: the filter.
 * @param place of the line with the names, and the number of lines, header included
 */
export function toSheetFoot(columns: number, { headerRow, rows }: { headerRow: number; rows: number }): Buffer {
  const filter = columns > 0 ? `<autoFilter ref="A${headerRow}:${toColumnLetters(columns)}${rows}"/>` : '';
  return Buffer.from(`</sheetData>${filter}</worksheet>`);
}

/** @param number of the column, from 1 */
function toColumnLetters(number: number): string {
  const rest = Math.floor((number - 1) / 26);
  return (rest > 0 ? toColumnLetters(rest) : '') + String.fromCharCode(65 + ((number - 1) % 26));
}
