import type { Relation, Relations } from '../relation';
import { jsonRow, listed } from './json-row';
import type { RowTally } from '../row-progress';
import { TextWriter } from '../text.writer';

/** One document: the rows of a section are an array; where a section has several tables, each row names its own. */
export class JsonWriter extends TextWriter {
  override readonly format = 'json';
  protected override readonly contentType = 'application/json';

  protected override textOf(content: Relations, tally: RowTally): AsyncIterable<Uint8Array> {
    return documentOf(content, tally);
  }
}

async function* documentOf(content: Relations, tally: RowTally): AsyncGenerator<Uint8Array> {
  const { takenAt, userId } = content;
  const head = JSON.stringify({ exportDate: takenAt, ...(userId === null ? {} : { userId }) });
  yield Buffer.from(`${head.slice(0, -1)},"data":{`);
  let separator = '\n';
  for (const [section, tables] of sectionsOf(content)) {
    yield Buffer.from(`${separator}${JSON.stringify(section)}:[\n`);
    yield* listed(rowsOf(tables, tally));
    yield Buffer.from(']');
    separator = ',\n';
  }
  yield Buffer.from('\n}}\n');
}

async function* rowsOf(tables: readonly Relation[], tally: RowTally): AsyncGenerator<Uint8Array> {
  for (const table of tables) {
    yield* tally.render(table, jsonRow(table, { isListed: true, namesItsTable: tables.length > 1 }));
  }
}

/** In the order of their first tables. */
function sectionsOf({ relations }: Relations): Map<string, Relation[]> {
  const sections = new Map<string, Relation[]>();
  for (const relation of relations) {
    sections.set(relation.section, [...(sections.get(relation.section) ?? []), relation]);
  }
  return sections;
}
