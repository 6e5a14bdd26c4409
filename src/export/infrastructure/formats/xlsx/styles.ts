import { NUMBER_DIGITS } from './limits';

/** The styles of cells, by their place in the workbook's list. */
export const STYLES = { plain: 0, header: 1, quotedHeader: 2, quoted: 3, date: 4, time: 5, exactTime: 6 } as const;

const FIRST_SCALE = 7;
/** Format codes below this are Excel's own. */
const FIRST_FORMAT = 164;
const TIME_FORMATS = ['yyyy\\-mm\\-dd', 'yyyy\\-mm\\-dd hh:mm:ss', 'yyyy\\-mm\\-dd hh:mm:ss.000'];
const DECIMAL_FORMATS = Array.from({ length: NUMBER_DIGITS + 1 }, (_, scale) =>
  scale === 0 ? '0' : `0.${'0'.repeat(scale)}`,
);
const FORMATS = [...TIME_FORMATS, ...DECIMAL_FORMATS];

/** The style of numbers with as many digits behind the point. */
export function scaleStyle(scale: number): number {
  return FIRST_SCALE + Math.min(Math.max(scale, 0), NUMBER_DIGITS);
}

const XFS = [
  xf(0),
  xf(0, ' fontId="1" applyFont="1"'),
  xf(0, ' fontId="1" applyFont="1" quotePrefix="1"'),
  xf(0, ' quotePrefix="1"'),
  ...FORMATS.map((_, index) => xf(FIRST_FORMAT + index, ' applyNumberFormat="1"')),
];

function xf(format: number, rest = ''): string {
  const font = rest.includes('fontId') ? '' : ' fontId="0"';
  return `<xf numFmtId="${format}"${font} fillId="0" borderId="0" xfId="0"${rest}/>`;
}

export const STYLESHEET =
  '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">' +
  `<numFmts count="${FORMATS.length}">` +
  FORMATS.map((code, index) => `<numFmt numFmtId="${FIRST_FORMAT + index}" formatCode="${code}"/>`).join('') +
  '</numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/><family val="2"/></font>' +
  '<font><b/><sz val="11"/><name val="Calibri"/><family val="2"/></font></fonts>' +
  '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>' +
  '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>' +
  '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>' +
  `<cellXfs count="${XFS.length}">${XFS.join('')}</cellXfs>` +
  '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>';
