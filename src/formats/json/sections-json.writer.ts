import type { ExportOptions } from '../writer';
import { FormatWriter, type RenderedFile, type ReportProgress } from '../writer';
import type { Section, Sections } from '../relation';
import { compressed } from '../compression';
import { jsonRow, listed } from './json-row';
import { relationOptions } from '../relation-options';
import { RowTally } from '../row-progress';

/** One object with a member a section, in their order, and when it was taken as the last. */
export class SectionsJsonWriter extends FormatWriter<'sections'> {
  override readonly format = 'json';
  override readonly writes = 'sections';

  override write(content: Sections, given: ExportOptions, report: ReportProgress): RenderedFile {
    const tally = new RowTally(
      content.sections.map(({ relation }) => relation),
      report,
    );
    const file = { extension: 'json', contentType: 'application/json', body: documentOf(content, tally) };
    return {
      ...compressed(file, relationOptions(given)),
      summary: () => ({ pageCount: null, recordCount: tally.recordCount, warnings: [] }),
    };
  }
}

async function* documentOf({ sections, takenAt }: Sections, tally: RowTally): AsyncGenerator<Uint8Array> {
  yield Buffer.from('{');
  for (const section of sections) {
    yield Buffer.from(`${JSON.stringify(section.name)}:`);
    yield* section.isSingle ? single(section, tally) : list(section, tally);
    yield Buffer.from(',\n');
  }
  yield Buffer.from(`"exportedAt":${JSON.stringify(takenAt)}}\n`);
}

async function* list({ relation }: Section, tally: RowTally): AsyncGenerator<Uint8Array> {
  yield Buffer.from('[\n');
  yield* listed(tally.render(relation, jsonRow(relation, { isListed: true, namesItsTable: false })));
  yield Buffer.from(']');
}

async function* single({ name, relation }: Section, tally: RowTally): AsyncGenerator<Uint8Array> {
  const row = tally.render(relation, jsonRow(relation, { isListed: false, namesItsTable: false }));
  yield* row;
  if (row.count() > 1) throw new Error(`${name} should be one row, and there are ${row.count()}`);
  if (row.count() === 0) yield Buffer.from('null');
}
