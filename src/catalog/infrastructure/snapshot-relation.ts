import type { Column, Projection, Relation, RenderedRows } from '../../formats';
import type { Snapshot } from '../../platform/database/snapshot';
import { Sql, sql } from '../../platform/database/sql';
import type { LiveColumn } from '../model/domain/live-table';
import { rowError } from './row-error';

/** The rows that a query gives in a snapshot. */
export class SnapshotRelation implements Relation {
  /**
   * @param rows a SELECT of these very columns, by `selected`
   * @param rowCount how many it gives, where that was counted
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
      throw rowError(this.name, error);
    }
  }

  private async *chunksOf(copied: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    try {
      yield* copied;
    } catch (error) {
      throw rowError(this.name, error);
    }
  }
}

/** A column as relations have it: texts of every kind as `text`, char(n) with its padding; amounts of money as numbers. */
export function selected({ name, type, family, isMoney }: LiveColumn): Sql {
  const column = Sql.identifier(name);
  if (isMoney) return sql`${column}::pg_catalog.numeric AS ${column}`;
  if (family !== 'text' || type.name === 'text') return column;
  // A cast from char(n) to text would take the padding away.
  if (type.name === 'bpchar') return sql`textin(bpcharout(${column})) AS ${column}`;
  return sql`${column}::pg_catalog.text AS ${column}`;
}
