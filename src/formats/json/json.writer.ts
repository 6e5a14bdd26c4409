import { Readable } from 'node:stream';
import type {
  Cell,
  CellType,
  ContentOf,
  JsonDocument,
  Relation,
  Relations,
  Section,
  Sections,
  Table,
} from '../content';
import type { RowWeight } from '../forecast';
import { type ExportOptions, type FormatOptions, readOptions } from '../options';
import { RelationProgress, TableProgress } from '../row-progress';
import { encodeRows } from '../table-text';
import { COMPRESSION, toTextFile } from '../text-file';
import { FormatWriter, type RenderedFile, type ReportProgress, type SealArchive } from '../writer';
import { toDocumentsArchive } from '../zip/collection-archive';
import { JSON_ROWS, toJsonRow, withoutFirstComma } from './json-row';

const JSON_OPTIONS = { compression: COMPRESSION } as const satisfies FormatOptions;

/** What JSON accepts as a number. */
const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

/** One JSON document; a collection is a zip with one document for each item. */
export class JsonWriter extends FormatWriter<'collection' | 'json' | 'relations' | 'sections' | 'table'> {
  override readonly format = 'json' as const;
  override readonly contentType = 'application/json';
  override readonly accepts = ['collection', 'json', 'relations', 'sections', 'table'] as const;
  override readonly isStreamable = true;
  override readonly options = JSON_OPTIONS;

  protected override weigh(): RowWeight {
    return JSON_ROWS;
  }

  override write(
    content: ContentOf<'collection' | 'json' | 'relations' | 'sections' | 'table'>,
    given: ExportOptions,
    report: ReportProgress,
    seal?: SealArchive,
  ): RenderedFile {
    if (content.kind === 'collection') {
      const { format: extension, contentType } = this;
      return toDocumentsArchive(content, { extension, contentType }, report, seal);
    }
    if (content.kind === 'json') return this.writeDocument(content, report);
    const { compression } = readOptions(JSON_OPTIONS, given);
    if (content.kind === 'table') {
      const progress = new TableProgress(content, report);
      return toTextFile(this, {
        body: fromTable(content, progress),
        compression,
        progress,
        warnings: content.warnings,
      });
    }
    if (content.kind === 'sections') {
      const relations = content.sections.map(({ relation }) => relation);
      const progress = new RelationProgress(relations, report);
      return toTextFile(this, { body: fromSections(content, progress), compression, progress, warnings: [] });
    }
    const progress = new RelationProgress(content.relations, report);
    const body = fromRelations(content, progress);
    return toTextFile(this, { body, compression, progress, warnings: content.warnings });
  }

  private writeDocument({ text, pageCount }: JsonDocument, report: ReportProgress): RenderedFile {
    report({ done: 0, total: pageCount, unit: 'pages' });
    return {
      extension: this.format,
      contentType: this.contentType,
      body: Readable.from([text]),
      summary: () => ({ pageCount, recordCount: null, warnings: [] }),
    };
  }
}

/** The rows of a data type are an array. If it has several tables, each row names its own. */
async function* fromRelations(content: Relations, progress: RelationProgress): AsyncGenerator<Uint8Array> {
  const { takenAt, userId } = content;
  const head = JSON.stringify({ exportDate: takenAt, ...(userId === null ? {} : { userId }) });
  yield Buffer.from(`${head.slice(0, -1)},"data":{`);
  let separator = '\n';
  for (const [section, tables] of bySection(content)) {
    yield Buffer.from(`${separator}${JSON.stringify(section)}:[\n`);
    yield* withoutFirstComma(renderTables(tables, progress));
    yield Buffer.from(']');
    separator = ',\n';
  }
  yield Buffer.from('\n}}\n');
}

async function* renderTables(tables: readonly Relation[], progress: RelationProgress): AsyncGenerator<Uint8Array> {
  for (const table of tables) {
    yield* progress.render(table, toJsonRow(table, { isListed: true, namesItsTable: tables.length > 1 }));
  }
}

/** In the order of their first tables. */
function bySection({ relations }: Relations): Map<string, Relation[]> {
  const sections = new Map<string, Relation[]>();
  for (const relation of relations) {
    sections.set(relation.section, [...(sections.get(relation.section) ?? []), relation]);
  }
  return sections;
}

/** One object with a member per section, in order, and the moment of the snapshot as the last member. */
async function* fromSections({ sections, takenAt }: Sections, progress: RelationProgress): AsyncGenerator<Uint8Array> {
  yield Buffer.from('{');
  for (const section of sections) {
    yield Buffer.from(`${JSON.stringify(section.name)}:`);
    yield* section.isSingle ? toObject(section, progress) : toArray(section, progress);
    yield Buffer.from(',\n');
  }
  yield Buffer.from(`"exportedAt":${JSON.stringify(takenAt)}}\n`);
}

async function* toArray({ relation }: Section, progress: RelationProgress): AsyncGenerator<Uint8Array> {
  yield Buffer.from('[\n');
  yield* withoutFirstComma(progress.render(relation, toJsonRow(relation, { isListed: true, namesItsTable: false })));
  yield Buffer.from(']');
}

async function* toObject({ name, relation }: Section, progress: RelationProgress): AsyncGenerator<Uint8Array> {
  const row = progress.render(relation, toJsonRow(relation, { isListed: false, namesItsTable: false }));
  yield* row;
  if (row.count() > 1) throw new Error(`${name} should be one row, but there are ${row.count()}`);
  if (row.count() === 0) yield Buffer.from('null');
}

/** What the table is about, its columns, and an object per row. */
async function* fromTable(table: Table, progress: TableProgress): AsyncGenerator<Uint8Array> {
  const { takenAt, about, columns } = table;
  const head = JSON.stringify({
    exportDate: takenAt,
    ...about,
    columns: columns.map(({ key, label, type }) => ({ key, label, type })),
  });
  yield Buffer.from(`${head.slice(0, -1)},"results":[`);
  const members = columns.map(({ key, type }) => ({ name: `${JSON.stringify(key)}:`, type }));
  // Objects of JavaScript would put keys of digits first and treat `__proto__` specially.
  let separator = '\n';
  yield* encodeRows(progress.batches(), (row) => {
    const values = members.map(({ name, type }, index) => name + toJson(row[index] ?? null, type));
    const object = `${separator}{${values.join(',')}}`;
    separator = ',\n';
    return object;
  });
  yield Buffer.from('\n]}\n');
}

/** Decimals keep all their digits; a number of JavaScript keeps about sixteen. */
function toJson(cell: Cell, type: CellType): string {
  return type === 'decimal' && typeof cell === 'string' && NUMBER.test(cell) ? cell : JSON.stringify(cell);
}
