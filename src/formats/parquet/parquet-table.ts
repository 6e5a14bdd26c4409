import { Sql, sql } from '../../platform/database/sql';
import type { Column, ExportWarning, Projection } from '../content';
import { columnRef } from '../row-sql';
import { duckIdentifier, duckLiteral } from './duckdb-sql';
import { type ParquetName, ParquetNames, renamingWarnings } from './parquet-names';
import { type ParquetType, toParquetType } from './parquet-types';

/** The longest row as text, and the input that is decoded at once: both bound the memory of the process. */
export const MAX_ROW_MB = 16;
const MAX_ROW_BYTES = MAX_ROW_MB * 1024 * 1024;
/** A row group ends at this many bytes, or at 122,880 rows. */
const ROW_GROUP_BYTES = 32 * 1024 * 1024;
/** The metadata of the file under which a JSON object has the type of each column in PostgreSQL. */
export const TYPES_KEY = 'postgresql.types';

interface ParquetColumn extends ParquetName {
  readonly declared: string;
  readonly type: ParquetType;
}

/** What a process does to write one table: the statements of DuckDB, in order. */
export interface ParquetJob {
  /** The counters of discarded values; the order of `ParquetOutcome.discarded`. */
  readonly counters: readonly string[];
  /** Reads the rows from the standard input and writes the file to the standard output. */
  readonly copy: string;
}

/** A table as Parquet: how PostgreSQL renders it, and how DuckDB reads that and writes it. */
export class ParquetTable {
  private readonly columns: readonly ParquetColumn[];

  constructor(
    private readonly table: string,
    columns: readonly Column[],
  ) {
    const names = new ParquetNames();
    this.columns = columns.map((column) => ({
      ...names.next(column.name),
      declared: column.type.declared,
      type: toParquetType(column),
    }));
  }

  /** A line of a single empty text would be an empty line, which is no row: another column follows it. */
  get projection(): Projection {
    const values = this.columns.map(({ original, type }) => type.render(columnRef(original)));
    return { select: Sql.join(values.length === 1 ? [...values, sql`1`] : values), as: { kind: 'text' } };
  }

  get job(): ParquetJob {
    const values = this.columns.map(
      ({ name, type }, index) => `${type.toValue(`c${index}`, `nextval('d${index}') < 0`)} AS ${duckIdentifier(name)}`,
    );
    const types = Object.fromEntries(this.columns.map(({ name, declared }) => [name, declared]));
    return {
      counters: this.columns.map((_, index) => `d${index}`),
      copy: `COPY (SELECT ${values.join(', ')} FROM ${this.source})
        TO '/dev/stdout' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE_BYTES ${ROW_GROUP_BYTES},
          KV_METADATA {${duckLiteral(TYPES_KEY)}: ${duckLiteral(JSON.stringify(types))}})`,
    };
  }

  /** @param discarded how many values of each column became null */
  warnings(discarded: readonly number[]): ExportWarning[] {
    return [
      ...renamingWarnings(this.table, this.columns),
      ...this.columns.flatMap((column, index) => this.discardWarnings(column, discarded[index] ?? 0)),
    ];
  }

  private get source(): string {
    const types = this.columns.map(({ type: { readAs } }) => readAs);
    const read = types.length === 1 ? [...types, 'TINYINT'] : types;
    const columns = read.map((type, index) => `'c${index}': '${type}'`).join(', ');
    return `read_csv('/dev/stdin', columns = {${columns}}, auto_detect = false, header = false, delim = '\\t', quote = '',
      escape = '', new_line = '\\n', nullstr = '\\N', max_line_size = ${MAX_ROW_BYTES}, buffer_size = ${MAX_ROW_BYTES})`;
  }

  private discardWarnings({ original, type: { unheld } }: ParquetColumn, discarded: number): ExportWarning[] {
    if (discarded === 0) return [];
    const place = `${JSON.stringify(original)} of ${JSON.stringify(this.table)}`;
    const values = discarded === 1 ? '1 value' : `${discarded} values`;
    const text = `In the column ${place}, ${values} became null: Parquet cannot hold ${unheld}.`;
    return [{ code: 'value-not-representable', text }];
  }
}
