import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWhere, isInstalled } from './describe-where';
import { run } from './python';
import { PythonReader } from './python-reader';

/** Debian's own Python, because Debian packages install their modules only there. */
const PYTHON = '/usr/bin/python3';
const WORKBOOK_READER = join(__dirname, 'read-workbook.py');
const CSV_READER = join(__dirname, 'read-csv.py');
/** Comma, quote, UTF-8, from the first row, all texts quoted, cells as shown, all sheets. */
const AS_CSV = 'csv:Text - txt - csv (StarCalc):44,34,76,1,,0,true,false,true,false,false,-1';
const NOTHING = new Uint8Array();

export interface ReadCell {
  /** openpyxl's letter: n for a number or nothing, s for a text, b, d, and f for a formula. */
  readonly type: string;
  readonly value: string | number | boolean | null;
  readonly format: string;
  readonly quoted: boolean;
  readonly bold: boolean;
  readonly wrapped: boolean;
  readonly vertical: string | null;
}

export interface ReadSheet {
  readonly name: string;
  readonly frozen: string | null;
  readonly filter: string | null;
  readonly rightToLeft: boolean;
  readonly widths: readonly number[];
  readonly rows: readonly (readonly ReadCell[])[];
}

/** `describe` if the programs are installed; skipped otherwise. */
export function describeWith(programs: readonly Program[], title: string, suite: () => void): void {
  const missing = programs.filter((program) => !CHECKS[program]());
  describeWhere(missing.length === 0 ? null : `there is no ${missing.join(', no ')} on this machine`, title, suite);
}

/** Looks for files: programs such as LibreOffice take a second to tell their version. */
const CHECKS = {
  python: () => isInstalled('python3'),
  openpyxl: () => existsSync('/usr/lib/python3/dist-packages/openpyxl'),
  soffice: () => isInstalled('soffice'),
  xmllint: () => isInstalled('xmllint'),
  poppler: () => isInstalled('pdftotext'),
} as const;
export type Program = keyof typeof CHECKS;

interface ReadWorkbook {
  readonly created: string;
  readonly sheets: ReadSheet[];
}

let openpyxl: PythonReader<ReadWorkbook> | undefined;
afterAll(() => openpyxl?.close());

/** The workbook as openpyxl reads it. */
export function readByOpenpyxl(workbook: Buffer): Promise<ReadWorkbook> {
  openpyxl ??= new PythonReader(readFileSync(WORKBOOK_READER, 'utf8'), PYTHON);
  return openpyxl.read(workbook);
}

/** Each sheet as LibreOffice shows it, by the sheet's name: the text of every cell. */
export async function readByLibreOffice(workbook: Buffer): Promise<Map<string, string[][]>> {
  return inFolder(workbook, async (file, folder) => {
    const profile = `-env:UserInstallation=file://${folder}/profile`;
    const csvs = join(folder, 'csv');
    await run('soffice', [profile, '--headless', '--convert-to', AS_CSV, '--outdir', csvs, file], NOTHING);
    const paths = (await readdir(csvs)).map((name) => join(csvs, name));
    const read = await run(PYTHON, [CSV_READER, ...paths], NOTHING);
    const tables = Object.entries(JSON.parse(read.toString()) as Record<string, string[][]>);
    return new Map(tables.map(([path, rows]) => [path.replace(/^.*\/book-(.*)\.csv$/, '$1'), rows]));
  });
}

/** The parts of the workbook by name. libxml checks that each is well-formed. */
export async function wellFormedParts(workbook: Buffer): Promise<Map<string, string>> {
  return inFolder(workbook, async (file, folder) => {
    const into = join(folder, 'parts');
    await run(PYTHON, ['-m', 'zipfile', '-e', file, into], NOTHING);
    const names = (await readdir(into, { recursive: true })).filter((name) => /\.(xml|rels)$/.test(name));
    await run('xmllint', ['--noout', '--nonet', '--huge', ...names.map((name) => join(into, name))], NOTHING);
    const parts = names.map(async (name) => [name, await readFile(join(into, name), 'utf8')] as const);
    return new Map(await Promise.all(parts));
  });
}

async function inFolder<Result>(
  workbook: Buffer,
  work: (file: string, folder: string) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'export-workbook-'));
  try {
    const file = join(folder, 'book.xlsx');
    await writeFile(file, workbook);
    return await work(file, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
