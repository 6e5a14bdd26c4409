/** A number cell loses digits beyond these. */
export const MAX_NUMBER_DIGITS = 15;

/** The styles of cells: indexes into the workbook's list. */
export const STYLES = {
  plain: 0,
  header: 1,
  quotedHeader: 2,
  quoted: 3,
  boolean: 4,
  date: 5,
  time: 6,
  exactTime: 7,
  /** These two are only in TABLE_STYLESHEET. */
  wrapped: 8 + MAX_NUMBER_DIGITS + 1,
  quotedWrapped: 8 + MAX_NUMBER_DIGITS + 2,
} as const;

const FIRST_SCALE = STYLES.exactTime + 1;
/** Lower ids are Excel's built-in formats. */
const FIRST_FORMAT = 164;
/** Excel shows booleans its own way, LibreOffice by this format; without it, as 1 or 0. */
const BOOLEAN_FORMAT = '&quot;TRUE&quot;;&quot;TRUE&quot;;&quot;FALSE&quot;';
const TIME_FORMATS = ['yyyy\\-mm\\-dd', 'yyyy\\-mm\\-dd hh:mm:ss', 'yyyy\\-mm\\-dd hh:mm:ss.000'];
const DECIMAL_FORMATS = Array.from({ length: MAX_NUMBER_DIGITS + 1 }, (_, scale) =>
  scale === 0 ? '0' : `0.${'0'.repeat(scale)}`,
);
const FORMATS = [BOOLEAN_FORMAT, ...TIME_FORMATS, ...DECIMAL_FORMATS];

/** The style of numbers with that many digits after the decimal point. */
export function toScaleStyle(scale: number): number {
  return FIRST_SCALE + Math.min(Math.max(scale, 0), MAX_NUMBER_DIGITS);
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

function withAlignment(style: string, alignment: string): string {
  return style.replace(/\/>$/, ` applyAlignment="1"><alignment ${alignment}/></xf>`);
}

/** For relations: many rows, one line each. */
export const STYLESHEET = toStylesheet(XFS);

/** For computed tables with long texts: texts wrap, and all values of a row are aligned with their first line. */
export const TABLE_STYLESHEET = toStylesheet([
  ...XFS.map((style) => withAlignment(style, 'vertical="top"')),
  ...[xf(0), xf(0, ' quotePrefix="1"')].map((style) => withAlignment(style, 'vertical="top" wrapText="1"')),
]);

function toStylesheet(xfs: readonly string[]): string {
  return (
    '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">' +
    `<numFmts count="${FORMATS.length}">` +
    FORMATS.map((code, index) => `<numFmt numFmtId="${FIRST_FORMAT + index}" formatCode="${code}"/>`).join('') +
    '</numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/><family val="2"/></font>' +
    '<font><b/><sz val="11"/><name val="Calibri"/><family val="2"/></font></fonts>' +
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>' +
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>' +
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>' +
    `<cellXfs count="${xfs.length}">${xfs.join('')}</cellXfs>` +
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
  );
}
