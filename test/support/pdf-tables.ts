import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { PdfWriter } from '../../src/formats/pdf/pdf.writer';
import type { Cell, ExportOptions, Progress, Table, TableColumn } from '../../src/formats';
import { run } from './python';
import { summaryOf } from './rendering';

/** A table of these rows, read in one batch. */
export function aTable(rows: readonly (readonly Cell[])[], changed: Partial<Table> = {}): Table {
  return {
    kind: 'table',
    title: 'Results',
    facts: [],
    about: {},
    language: 'en',
    timeZone: 'UTC',
    takenAt: '2026-11-20T10:00:00.000Z',
    columns: [textColumn('Name'), { key: 'score', label: 'Score', type: 'integer' }],
    rowCount: rows.length,
    warnings: [],
    rows: () => inOneBatch(rows),
    ...changed,
  };
}

export function textColumn(label: string): TableColumn {
  return { key: label.replace(/\W/g, '_'), label, type: 'text' };
}

// eslint-disable-next-line @typescript-eslint/require-await -- the shape in which sources give rows
async function* inOneBatch(rows: readonly (readonly Cell[])[]): AsyncGenerator<readonly (readonly Cell[])[]> {
  yield rows;
}

/** The table as a PDF, with its summary. */
export async function printed(table: Table, options: ExportOptions = {}) {
  const progress: Progress[] = [];
  const file = new PdfWriter().write(table, options, (step) => progress.push(step));
  const pdf = await buffer(file.body);
  return { pdf, progress, ...summaryOf(file) };
}

/** The texts of the pages as poppler reads them. */
export async function pagesOf(pdf: Buffer): Promise<string[]> {
  const text = await run('pdftotext', ['-layout', '-', '-'], pdf);
  return text.toString().split('\f').slice(0, -1);
}

/** The text in reading order, without the direction marks that poppler adds. */
export async function textOf(pdf: Buffer): Promise<string> {
  const text = await run('pdftotext', ['-', '-'], pdf);
  return text.toString().replace(/[\u202a-\u202e]/g, '');
}

export interface PlacedWord {
  readonly page: number;
  readonly text: string;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Every word and its position, in points from the upper left corner. */
export async function wordsOf(pdf: Buffer): Promise<PlacedWord[]> {
  const html = (await run('pdftotext', ['-bbox', '-', '-'], pdf)).toString();
  return html.split('<page ').flatMap((page, number) => {
    const words = page.matchAll(/<word xMin="(.*?)" yMin="(.*?)" xMax="(.*?)" yMax="(.*?)">(.*?)<\/word>/g);
    return [...words].map(([, left, top, right, bottom, text]) => ({
      page: number,
      text: inReadingOrder(text!),
      left: Number(left),
      right: Number(right),
      top: Number(top),
      bottom: Number(bottom),
    }));
  });
}

/** With positions, poppler returns the letters of a word from left to right. */
function inReadingOrder(text: string): string {
  const letters = text.replace(/[\u202a-\u202e]/g, '');
  return /^[^a-z]*\p{Script=Hebrew}/iu.test(letters) ? Array.from(letters).reverse().join('') : letters;
}

/** The metadata of the document according to poppler: title, pages, paper size. */
export async function infoOf(pdf: Buffer): Promise<Record<string, string>> {
  const lines = (await run('pdfinfo', ['-isodates', '-'], pdf)).toString().split('\n');
  return Object.fromEntries(lines.map((line) => line.split(/:\s+(.*)/).slice(0, 2) as [string, string]));
}

/** The gray values of a page's pixels, row by row, rendered by poppler at 72 dpi. */
export async function shadesOf(pdf: Buffer, page: number): Promise<{ width: number; shades: Uint8Array }> {
  const folder = await mkdtemp(join(tmpdir(), 'export-sheet-'));
  try {
    const name = join(folder, 'page');
    await run('pdftoppm', ['-gray', '-r', '72', '-f', `${page}`, '-singlefile', '-', name], pdf);
    const picture = await readFile(`${name}.pgm`);
    const [header, width] = /^P5\s+(\d+)\s+\d+\s+\d+\s/.exec(picture.toString('latin1', 0, 50))!;
    return { width: Number(width), shades: picture.subarray(header.length) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
