import type { ZipEntry } from '../zip/zip';
import { xmlPart, xmlText } from './xml';

const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const DOCUMENT = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const SPREADSHEET = 'application/vnd.openxmlformats-officedocument.spreadsheetml';
const SHEET = `${SPREADSHEET}.worksheet+xml`;

export const XLSX_CONTENT_TYPE = `${SPREADSHEET}.sheet`;

export const sheetPath = (number: number) => `xl/worksheets/sheet${number}.xml`;

/**
 * What tells programs that a zip is a workbook. They look at the first bytes, so it goes before everything else.
 * @param sheets how many there will be; `null` where nobody knows yet
 */
export function packageParts(sheets: number | null): ZipEntry[] {
  return partEntries({
    '[Content_Types].xml': contentTypes(sheets),
    '_rels/.rels': relationships([
      [`${DOCUMENT}/officeDocument`, 'xl/workbook.xml'],
      [`${PACKAGE}/relationships/metadata/core-properties`, 'docProps/core.xml'],
    ]),
  });
}

/** All the rest of a workbook but its sheets, of which these are the names. */
export function workbookParts(sheets: readonly string[], created: string, stylesheet: string): ZipEntry[] {
  return partEntries({
    'docProps/core.xml': coreProperties(created),
    'xl/workbook.xml': workbook(sheets),
    'xl/_rels/workbook.xml.rels': relationships([
      ...sheets.map((_, index): [string, string] => [`${DOCUMENT}/worksheet`, `worksheets/sheet${index + 1}.xml`]),
      [`${DOCUMENT}/styles`, 'styles.xml'],
    ]),
    'xl/styles.xml': stylesheet,
  });
}

function partEntries(parts: Readonly<Record<string, string>>): ZipEntry[] {
  return Object.entries(parts).map(([name, content]) => ({
    name,
    compressionLevel: 6,
    open: () => [xmlPart(content)],
  }));
}

function contentTypes(sheets: number | null): string {
  // A part of which nothing is said by its name has the type that its extension has.
  const otherwise = sheets === null ? SHEET : 'application/xml';
  const parts = [
    ['/xl/workbook.xml', `${SPREADSHEET}.sheet.main+xml`],
    ['/xl/styles.xml', `${SPREADSHEET}.styles+xml`],
    ['/docProps/core.xml', 'application/vnd.openxmlformats-package.core-properties+xml'],
    ...Array.from({ length: sheets ?? 0 }, (_, index) => [`/${sheetPath(index + 1)}`, SHEET]),
  ];
  const overrides = parts.map(([name, type]) => `<Override PartName="${name}" ContentType="${type}"/>`).join('');
  return (
    `<Types xmlns="${PACKAGE}/content-types"><Default Extension="xml" ContentType="${otherwise}"/>` +
    `<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>${overrides}</Types>`
  );
}

function relationships(targets: readonly (readonly [type: string, target: string])[]): string {
  const list = targets.map(
    ([type, target], index) => `<Relationship Id="rId${index + 1}" Type="${type}" Target="${target}"/>`,
  );
  return `<Relationships xmlns="${PACKAGE}/relationships">${list.join('')}</Relationships>`;
}

function coreProperties(created: string): string {
  return (
    `<cp:coreProperties xmlns:cp="${PACKAGE}/metadata/core-properties" xmlns:dcterms="http://purl.org/dc/terms/"` +
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">' +
    `<dcterms:created xsi:type="dcterms:W3CDTF">${xmlText(created)}</dcterms:created></cp:coreProperties>`
  );
}

function workbook(sheets: readonly string[]): string {
  const list = sheets.map(
    (name, index) => `<sheet name="${xmlText(name)}" sheetId="${index + 1}" r:id="rId${index + 1}"/>`,
  );
  return (
    `<workbook xmlns="${MAIN}" xmlns:r="${DOCUMENT}"><bookViews><workbookView/></bookViews>` +
    `<sheets>${list.join('')}</sheets></workbook>`
  );
}
