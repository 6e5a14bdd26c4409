import type { ExportOptions } from '../writer';
import { FormatWriter, type RenderedFile, type ReportProgress } from '../writer';
import type { Relations } from '../relation';
import { relationOptions } from '../relation-options';
import { RowTally } from '../row-progress';
import { CutCells } from './cut-cells';
import { SHEET_ROWS } from './limits';
import { SheetNames } from './sheet-names';
import { RelationSheets } from './relation-sheets';
import { STYLESHEET } from './styles';
import { packageParts, sheetPath, workbookParts, XLSX_CONTENT_TYPE } from './workbook';
import { zip, type ZipEntry } from '../zip/zip';

/** A workbook with a sheet for each table, and further ones for a table of more rows than a sheet may have. */
export class XlsxWriter extends FormatWriter<'relations'> {
  override readonly format = 'xlsx';
  override readonly writes = 'relations';

  /** @param sheetRows that a sheet may have, its header among them */
  constructor(private readonly sheetRows: number = SHEET_ROWS) {
    super();
  }

  override write(content: Relations, given: ExportOptions, report: ReportProgress): RenderedFile {
    const { raw } = relationOptions(given);
    const tally = new RowTally(content.relations, report);
    const cuts = new CutCells(content);
    const options = { isRaw: raw, rowsPerSheet: this.sheetRows - 1 };
    const tables = content.relations.map((relation) => new RelationSheets(relation, tally, cuts, options));
    return {
      extension: 'xlsx',
      contentType: XLSX_CONTENT_TYPE,
      body: workbook(tables, content.takenAt),
      summary: () => ({
        pageCount: null,
        recordCount: tally.recordCount,
        warnings: [...content.warnings, ...cuts.warnings],
      }),
    };
  }
}

async function* workbook(tables: readonly RelationSheets[], created: string): AsyncGenerator<Uint8Array> {
  const names = new SheetNames();
  const sheets = tables.flatMap((table) =>
    Array.from({ length: table.count }, (_, index) => ({
      name: names.nameFor(table.name, index + 1),
      open: (isFirst: boolean) => table.sheet(index + 1, isFirst),
    })),
  );
  const titles = sheets.map(({ name }) => name);
  const parts = [...packageParts(sheets.length), ...workbookParts(titles, created, STYLESHEET)];
  const bodies = sheets.map(({ open }, index): ZipEntry => ({
    name: sheetPath(index + 1),
    compressionLevel: 1,
    open: () => open(index === 0),
  }));
  try {
    yield* zip([...parts, ...bodies]);
  } finally {
    for (const table of tables) await table.close();
  }
}
