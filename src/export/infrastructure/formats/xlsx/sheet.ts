import { neutralisedName } from '../formula-guard';
import type { SheetColumn } from './sheet-column';
import { STYLES } from './styles';
import { xmlPart, xmlText } from './xml';

/** What stands before the rows of a sheet: how it is looked at, and the row of the names. */
export function sheetHead(
  columns: readonly SheetColumn[],
  { isFirst, isRaw }: { isFirst: boolean; isRaw: boolean },
): Buffer {
  const widths = columns.map(
    ({ width }, index) => `<col min="${index + 1}" max="${index + 1}" width="${width}" customWidth="1"/>`,
  );
  const names = columns.map(({ name }) => {
    const style = !isRaw && neutralisedName(name) !== name ? STYLES.quotedHeader : STYLES.header;
    return `<c s="${style}" t="inlineStr"><is><t xml:space="preserve">${xmlText(name)}</t></is></c>`;
  });
  return xmlPart(
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">' +
      `<sheetViews><sheetView${isFirst ? ' tabSelected="1"' : ''} workbookViewId="0">` +
      '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>' +
      `${widths.length > 0 ? `<cols>${widths.join('')}</cols>` : ''}<sheetData><row>${names.join('')}</row>\n`,
  );
}

/** @param rows how many the sheet has, its header among them */
export function sheetFoot(columns: number, rows: number): Buffer {
  const filter = columns > 0 ? `<autoFilter ref="A1:${columnLetters(columns)}${rows}"/>` : '';
  return Buffer.from(`</sheetData>${filter}</worksheet>`);
}

/** The name of the column of that number, from 1. */
function columnLetters(number: number): string {
  const rest = Math.floor((number - 1) / 26);
  return (rest > 0 ? columnLetters(rest) : '') + String.fromCharCode(65 + ((number - 1) % 26));
}
