import { Sql, sql } from '../../platform/database/sql';
import type { ExportOptions } from '../writer';
import { FormatWriter, type RenderedFile, type ReportProgress } from '../writer';
import type { Projection, Section, Sections } from '../relation';
import { compressed } from '../compression';
import { csvField, csvHeader } from './csv-text';
import { neutralisedName } from '../formula-guard';
import { type RelationOptions, relationOptions } from '../relation-options';
import { RowTally } from '../row-progress';

const SECTION_COLUMN = 'table';

/**
 * All sections in one CSV. Its first column says of which section a row is, the others are every column that any section
 * has, in the order in which they first appear; what a section lacks is null in its rows.
 */
export class SectionsCsvWriter extends FormatWriter<'sections'> {
  override readonly format = 'csv';
  override readonly writes = 'sections';

  override write(content: Sections, given: ExportOptions, report: ReportProgress): RenderedFile {
    const options = relationOptions(given);
    const tally = new RowTally(
      content.sections.map(({ relation }) => relation),
      report,
    );
    const file = {
      extension: 'csv',
      contentType: 'text/csv; charset=utf-8',
      body: linesOf(content.sections, options, tally),
    };
    return {
      ...compressed(file, options),
      summary: () => ({ pageCount: null, recordCount: tally.recordCount, warnings: [] }),
    };
  }
}

async function* linesOf(
  sections: readonly Section[],
  options: RelationOptions,
  tally: RowTally,
): AsyncGenerator<Uint8Array> {
  const names = [...new Set(sections.flatMap(({ relation }) => relation.columns.map(({ name }) => name)))];
  yield csvHeader([SECTION_COLUMN, ...titlesOf(names)], options);
  for (const section of sections) yield* tally.render(section.relation, projectionOf(section, names, options));
}

function projectionOf({ name, relation }: Section, names: readonly string[], options: RelationOptions): Projection {
  const columns = new Map(relation.columns.map((column) => [column.name, column]));
  const title = sql`${Sql.literal(options.raw ? name : neutralisedName(name))}::text`;
  const fields = names.map((wanted) => {
    const column = columns.get(wanted);
    return column ? csvField(column, options) : sql`NULL`;
  });
  return { select: Sql.join([title, ...fields]), as: { kind: 'csv', delimiter: options.delimiter } };
}

/** A column that is called as the first one is gets as many underscores behind its name as no other has. */
function titlesOf(names: readonly string[]): string[] {
  let instead = SECTION_COLUMN;
  while (names.includes(instead)) instead += '_';
  return names.map((name) => (name === SECTION_COLUMN ? instead : name));
}
