import type { Column, Projection, Relation, RenderedRows } from '../../formats';
import type { Snapshot } from '../../platform/database/snapshot';
import { Sql, sql } from '../../platform/database/sql';
import type { LiveColumn } from '../model/domain/live-table';
import { DomainError } from '../../platform/errors/domain-error';

/** The rows of a query in a snapshot. */
export class SnapshotRelation implements Relation {
  /**
   * @param rows a SELECT of `columns`, made with `toSelectedColumn`
   * @param rowCount `null` if the rows were not counted
   */
  constructor(
    private readonly snapshot: Snapshot,
    readonly name: string,
    readonly section: string,
    readonly columns: readonly Column[],
    private readonly rows: Sql,
    readonly rowCount: number | null,
  ) {}

  render({ select, as }: Projection, onProgress?: (rows: number) => void): RenderedRows {
    const copied = this.snapshot.copy(sql`SELECT ${select} FROM (${this.rows}) AS "row"`, as, onProgress);
    return { [Symbol.asyncIterator]: () => this.chunksOf(copied), count: () => copied.count() };
  }

  async sample(select: readonly Sql[], rows: number): Promise<(string | null)[]> {
    const texts = Sql.join(select.map((expression) => sql`(${expression})::text`));
    const statement = sql`SELECT ARRAY[${texts}] AS values FROM (${this.rows} LIMIT ${Sql.integer(rows)}) AS "row"`;
    try {
      const [sampled] = await this.snapshot.query<{ values: (string | null)[] }>(statement);
      return sampled?.values ?? [];
    } catch (error) {
      throw toRowError(this.name, error);
    }
  }

  private async *chunksOf(copied: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    try {
      yield* copied;
    } catch (error) {
      throw toRowError(this.name, error);
    }
  }
}

/**
 * Selects a column as relations need it: all text types as `text`, char(n) with its padding, money
 * as a number.
 */
export function toSelectedColumn({ name, type, family, isMoney }: LiveColumn): Sql {
  const column = Sql.identifier(name);
  if (isMoney) return sql`${column}::pg_catalog.numeric AS ${column}`;
  if (family !== 'text' || type.name === 'text') return column;
  // A cast from char(n) to text would remove the padding.
  if (type.name === 'bpchar') return sql`textin(bpcharout(${column})) AS ${column}`;
  return sql`${column}::pg_catalog.text AS ${column}`;
}

/** SQLSTATE classes of errors in the rows or their query, which every retry would meet again. */
const PERMANENT_ERROR = /^(21|22|42|54|P0)/;

/** Our own texts: PostgreSQL's message can contain the value that caused the error. */
const REASONS: Readonly<Record<string, string>> = {
  '21000': 'a subquery returned more than one row',
  '22003': 'a number is out of range',
  '22007': 'a text is not a date or time',
  '22008': 'a date or time is out of range',
  '22012': 'division by zero',
  '22021': 'a text has characters that cannot be represented',
  '22P02': 'a text is not a value of its type',
  '42501': 'the service is not allowed to read them',
};

/**
 * Turns a permanent error into the failure of an export. A transient error, such as a lost
 * connection, is returned as it is.
 */
export function toRowError(table: string, error: unknown): unknown {
  const { code } = Object(error) as { code?: unknown };
  if (typeof code !== 'string' || !PERMANENT_ERROR.test(code) || error instanceof DomainError) return error;
  const reason = REASONS[code] ?? 'its definition does not fit its data';
  const message = `The database could not write the rows of ${JSON.stringify(table)}: ${reason} (${code})`;
  return new DomainError('conflict', 'rows-not-written', message);
}
