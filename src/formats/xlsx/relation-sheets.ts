import { Sql, sql } from '../../platform/database/sql';
import type { Column, ExportWarning, Relation, Relations, RenderedRows } from '../content';
import { neutralizeName } from '../formula-guard';
import type { RelationProgress } from '../row-progress';
import { columnRef } from '../row-sql';
import { type SheetColumn, toRowProjection } from './relation-cells';
import { RowSplitter } from './row-splitter';
import { MAX_COLUMN_WIDTH, toColumnWidth, toSheetFoot, toSheetHead } from './sheet-xml';

const SAMPLED_ROWS = 200;

interface OpenRelation {
  readonly columns: readonly SheetColumn[];
  readonly rendered: RenderedRows;
  readonly rows: RowSplitter;
}

interface SheetOptions {
  /** Without the header. */
  readonly rowsPerSheet: number;
  readonly isRaw: boolean;
}

/** The sheets of one relation. Its query runs once; a new sheet starts when one is full. */
export class RelationSheets {
  readonly count: number;
  private opened: OpenRelation | undefined;

  constructor(
    private readonly relation: Relation,
    private readonly progress: RelationProgress,
    private readonly truncations: Truncations,
    private readonly options: SheetOptions,
  ) {
    this.count = Math.max(1, Math.ceil((relation.rowCount ?? 0) / options.rowsPerSheet));
  }

  get name(): string {
    return this.relation.name;
  }

  /** The content of a sheet. Sheets must be read in order. @param number from 1 */
  async *sheet(number: number, isFirstOfWorkbook: boolean): AsyncGenerator<Uint8Array> {
    const { columns, rendered, rows } = (this.opened ??= await this.open());
    const { rowsPerSheet, isRaw } = this.options;
    yield toSheetHead({
      widths: columns.map(({ width }) => width),
      header: [columns.map(({ name }) => ({ text: name, isQuoted: !isRaw && neutralizeName(name) !== name }))],
      isFirst: isFirstOfWorkbook,
    });
    if (number < this.count) {
      yield* rows.take(rowsPerSheet);
      yield toSheetFoot(columns.length, { headerRow: 1, rows: rowsPerSheet + 1 });
      return;
    }
    yield* rows.take(Infinity);
    this.truncations.collect(this.relation, rendered.settings());
    yield toSheetFoot(columns.length, { headerRow: 1, rows: this.countRowsOfLastSheet() + 1 });
  }

  /** Stops the query if not all rows were read. */
  async close(): Promise<void> {
    await this.opened?.rows.close();
  }

  private async open(): Promise<OpenRelation> {
    const columns = await sampleColumns(this.relation, this.truncations);
    const projection = toRowProjection(columns, this.options.isRaw);
    const setting = this.truncations.settingOf(this.relation);
    const rendered = this.progress.render(this.relation, { ...projection, setting, lendsChunks: true });
    return { columns, rendered, rows: new RowSplitter(rendered) };
  }

  private countRowsOfLastSheet(): number {
    const rows = this.progress.recordCountOf(this.relation) - (this.count - 1) * this.options.rowsPerSheet;
    if (rows > this.options.rowsPerSheet) throw new Error(`${this.name} has more rows than were counted`);
    return rows;
  }
}

/**
 * Counts the cells whose text was truncated, while PostgreSQL renders them. Per relation and connection, a setting of the
 * transaction holds the counts by column; only truncated cells write it.
 */
export class Truncations {
  readonly warnings: ExportWarning[] = [];

  constructor(private readonly content: Relations) {}

  /** SQL that is true and, as a side effect, counts one more cell of the column. */
  toCounter(relation: Relation, column: number): Sql {
    const setting = Sql.literal(this.settingOf(relation));
    const key = Sql.integer(column);
    const counts = sql`coalesce(nullif(current_setting(${setting}, true), ''), '{}')::jsonb`;
    const increased = sql`coalesce((${counts} ->> '${key}')::bigint, 0) + 1`;
    return sql`set_config(${setting}, (${counts} || jsonb_build_object('${key}', ${increased}))::text, true) IS NOT NULL`;
  }

  /** Turns the counts of a relation into warnings. @param settings of the connections that rendered its rows */
  collect(relation: Relation, settings: readonly string[]): void {
    const counts = new Map<string, number>();
    for (const setting of settings) {
      for (const [key, count] of Object.entries(JSON.parse(setting) as Record<string, number>))
        counts.set(key, (counts.get(key) ?? 0) + count);
    }
    for (const [key, count] of [...counts].sort(([first], [second]) => Number(first) - Number(second))) {
      const column = relation.columns[Number(key)]?.name ?? key;
      const cells = count === 1 ? 'one text was' : `${count} texts were`;
      const text = `In ${relation.name}, column ${column}, ${cells} cut to the 32,767 characters that a cell may hold.`;
      this.warnings.push({ code: 'cell-truncated', text });
    }
  }

  settingOf(relation: Relation): string {
    return `export_service.cut_${this.content.relations.indexOf(relation)}`;
  }
}

/** Reads the first rows to decide how the cells of each column are written. */
async function sampleColumns(relation: Relation, truncations: Truncations): Promise<SheetColumn[]> {
  const values = await relation.sample(
    relation.columns.flatMap((column) => [toLongest(column), toTypeProbe(column)]),
    SAMPLED_ROWS,
  );
  return relation.columns.map((column, index) => {
    const isProbed = values[2 * index + 1] === 'true';
    return {
      ...column,
      width: widthOf(column, Number(values[2 * index] ?? 0)),
      isPlainText: column.family === 'other' && isProbed,
      hasFractions: column.family !== 'other' && isProbed,
      countTruncation: truncations.toCounter(relation, index),
    };
  });
}

/** How many characters the longest value is wide; wide characters, which have more bytes, count more. */
function toLongest({ name, family }: Column): Sql {
  if (family === 'date' || family === 'timestamp' || family === 'timestamptz' || family === 'boolean') return sql`NULL`;
  const text = sql`left(concat(${columnRef(name)}), ${Sql.integer(MAX_COLUMN_WIDTH)})`;
  return sql`max(length(${text}) + (octet_length(${text}) - length(${text})) / 4)`;
}

/** Times: whether any has a fraction of a second. Other types: whether their texts are plain. */
function toTypeProbe({ name, family }: Column): Sql {
  const value = columnRef(name);
  if (family === 'timestamp' || family === 'timestamptz')
    return sql`bool_or(${value} <> date_trunc('second', ${value}))`;
  if (family === 'other') return sql`bool_and(pg_typeof(${value}) = ANY ('{uuid,time}'::regtype[]))`;
  return sql`NULL`;
}

function widthOf({ name, family }: Column, longest: number): number {
  const byType = { date: 10, timestamp: 19, timestamptz: 19, boolean: 5 } as Partial<Record<Column['family'], number>>;
  return toColumnWidth(name.length, byType[family] ?? longest);
}
