import type { ZipEntry } from '../zip/zip';
import { escapeXml, toXmlPart } from './sheet-xml';

const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const DOCUMENT = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const SPREADSHEET = 'application/vnd.openxmlformats-officedocument.spreadsheetml';
const SHEET = `${SPREADSHEET}.worksheet+xml`;
/** UTF-16 units, by Excel. */
const MAX_SHEET_NAME_UNITS = 31;

export const XLSX_CONTENT_TYPE = `${SPREADSHEET}.sheet`;

export const toSheetPath = (number: number) => `xl/worksheets/sheet${number}.xml`;

/**
 * The parts by which programs recognize a zip as a workbook. Programs look at the first bytes, so these come first.
 * @param sheets how many there will be; `null` if that is not known yet
 */
export function packageParts(sheets: number | null): ZipEntry[] {
  return toEntries({
    '[Content_Types].xml': toContentTypes(sheets),
    '_rels/.rels': toRelationships([
      [`${DOCUMENT}/officeDocument`, 'xl/workbook.xml'],
      [`${PACKAGE}/relationships/metadata/core-properties`, 'docProps/core.xml'],
    ]),
  });
}

/** The other parts of a workbook except its sheets. @param sheets their names */
export function workbookParts(sheets: readonly string[], created: string, stylesheet: string): ZipEntry[] {
  return toEntries({
    'docProps/core.xml': toCoreProperties(created),
    'xl/workbook.xml': toWorkbook(sheets),
    'xl/_rels/workbook.xml.rels': toRelationships([
      ...sheets.map((_, index): [string, string] => [`${DOCUMENT}/worksheet`, `worksheets/sheet${index + 1}.xml`]),
      [`${DOCUMENT}/styles`, 'styles.xml'],
    ]),
    'xl/styles.xml': stylesheet,
  });
}

function toEntries(parts: Readonly<Record<string, string>>): ZipEntry[] {
  return Object.entries(parts).map(([name, content]) => ({
    name,
    compressionLevel: 6,
    open: () => [toXmlPart(content)],
  }));
}

function toContentTypes(sheets: number | null): string {
  // A part that is not listed by name has the default type of its extension.
  const defaultType = sheets === null ? SHEET : 'application/xml';
  const parts = [
    ['/xl/workbook.xml', `${SPREADSHEET}.sheet.main+xml`],
    ['/xl/styles.xml', `${SPREADSHEET}.styles+xml`],
    ['/docProps/core.xml', 'application/vnd.openxmlformats-package.core-properties+xml'],
    ...Array.from({ length: sheets ?? 0 }, (_, index) => [`/${toSheetPath(index + 1)}`, SHEET]),
  ];
  const overrides = parts.map(([name, type]) => `<Override PartName="${name}" ContentType="${type}"/>`).join('');
  return (
    `<Types xmlns="${PACKAGE}/content-types"><Default Extension="xml" ContentType="${defaultType}"/>` +
    `<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>${overrides}</Types>`
  );
}

function toRelationships(targets: readonly (readonly [type: string, target: string])[]): string {
  const list = targets.map(
    ([type, target], index) => `<Relationship Id="rId${index + 1}" Type="${type}" Target="${target}"/>`,
  );
  return `<Relationships xmlns="${PACKAGE}/relationships">${list.join('')}</Relationships>`;
}

function toCoreProperties(created: string): string {
  return (
    `<cp:coreProperties xmlns:cp="${PACKAGE}/metadata/core-properties" xmlns:dcterms="http://purl.org/dc/terms/"` +
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">' +
    `<dcterms:created xsi:type="dcterms:W3CDTF">${escapeXml(created)}</dcterms:created></cp:coreProperties>`
  );
}

function toWorkbook(sheets: readonly string[]): string {
  const list = sheets.map(
    (name, index) => `<sheet name="${escapeXml(name)}" sheetId="${index + 1}" r:id="rId${index + 1}"/>`,
  );
  return (
    `<workbook xmlns="${MAIN}" xmlns:r="${DOCUMENT}"><bookViews><workbookView/></bookViews>` +
    `<sheets>${list.join('')}</sheets></workbook>`
  );
}

/** Names for the sheets of a workbook: allowed by Excel and unique regardless of case. */
export class SheetNames {
  private readonly taken = new Set<string>();

  /** @param number of the sheet among those of its table, from 1 */
  next(title: string, number: number): string {
    for (let candidate = number; ; candidate += 1) {
      const name = toSheetName(title, candidate === 1 ? '' : ` (${candidate})`);
      const folded = name.toUpperCase().toLowerCase();
      if (this.taken.has(folded)) continue;
      this.taken.add(folded);
      return name;
    }
  }
}

function toSheetName(title: string, suffix: string): string {
  const allowed = title
    .replace(/[[\]:*?/\\\p{Cc}\p{Cs}\ufffe\uffff]/gu, '_')
    // A text that looks like the code of a character would be read as that character.
    .replace(/_(?=x[\da-f]{4}_)/gi, '-');
  const name = `${truncate(allowed, MAX_SHEET_NAME_UNITS - suffix.length)}${suffix}`.replace(/^'|'$/g, '_');
  // Excel reserves this name.
  return /^history$/i.test(name) ? `${name}_` : name.trim() === '' ? 'Sheet' : name;
}

/** Does not split a surrogate pair. */
function truncate(text: string, units: number): string {
  let kept = '';
  for (const character of text) {
    if (kept.length + character.length > units) break;
    kept += character;
  }
  return kept;
}
