import type { ExportWarning } from '../warning';
import { Sql } from '../../platform/database/sql';
import type { ExportOptions } from '../writer';
import { FormatWriter, type RenderedFile, type ReportProgress } from '../writer';
import type { Relation, Relations } from '../relation';
import { compressed } from '../compression';
import { blankLines, csvField, csvHeader } from './csv-text';
import { type RelationOptions, relationOptions } from '../relation-options';
import { RowTally } from '../row-progress';
import { tableArchive } from '../zip/table-archive';

/** One table is one CSV; several are a zip with a CSV each and a manifest. */
export class CsvWriter extends FormatWriter<'relations'> {
  override readonly format = 'csv';
  override readonly writes = 'relations';

  override write(content: Relations, given: ExportOptions, report: ReportProgress): RenderedFile {
    const options = relationOptions(given);
    const tally = new RowTally(content.relations, report);
    const summary = () => ({
      pageCount: null,
      recordCount: tally.recordCount,
      warnings: [...content.warnings, ...content.relations.flatMap(blankLineWarning)],
    });
    const [only] = content.relations;
    if (only && content.relations.length === 1) {
      const file = { extension: 'csv', contentType: 'text/csv; charset=utf-8', body: csvOf(only, options, tally) };
      return { ...compressed(file, options), summary };
    }
    return { ...tableArchive(content, 'csv', tally, (relation) => csvOf(relation, options, tally)), summary };
  }
}

async function* csvOf(relation: Relation, options: RelationOptions, tally: RowTally): AsyncGenerator<Uint8Array> {
  const { columns } = relation;
  yield csvHeader(
    columns.map(({ name }) => name),
    options,
  );
  const select = Sql.join(columns.map((column) => csvField(column, options)));
  yield* tally.render(relation, { select, as: { kind: 'csv', delimiter: options.delimiter } });
}

function blankLineWarning({ name, columns }: Relation): ExportWarning[] {
  if (columns.length !== 1) return [];
  return [blankLines(name)];
}
