import { Sql, sql } from '../../platform/database/sql';
import type { ExportWarning } from '../warning';
import type { Relation, Relations } from '../relation';

/**
 * Counts the cells whose text was cut, while PostgreSQL renders them: a setting of the transaction for each relation
 * holds the counts by column, and is touched by such cells alone.
 */
export class CutCells {
  readonly warnings: ExportWarning[] = [];

  constructor(private readonly content: Relations) {}

  /** An expression that is true, and has then counted one more cell of the column. */
  note(relation: Relation, column: number): Sql {
    const setting = Sql.literal(this.settingOf(relation));
    const key = Sql.integer(column);
    const counts = sql`coalesce(nullif(current_setting(${setting}, true), ''), '{}')::jsonb`;
    const one = sql`coalesce((${counts} ->> '${key}')::bigint, 0) + 1`;
    return sql`set_config(${setting}, (${counts} || jsonb_build_object('${key}', ${one}))::text, true) IS NOT NULL`;
  }

  /** Turns what was counted in a relation, whose rows have all been rendered, into warnings. */
  async collect(relation: Relation): Promise<void> {
    const counts = JSON.parse((await this.content.setting(this.settingOf(relation))) ?? '{}') as Record<string, number>;
    for (const [key, count] of Object.entries(counts)) {
      const column = relation.columns[Number(key)]?.name ?? key;
      const cells = count === 1 ? 'one text was' : `${count} texts were`;
      const text = `In ${relation.name}, column ${column}, ${cells} cut to the 32,767 characters that a cell may hold.`;
      this.warnings.push({ code: 'cell-truncated', text });
    }
  }

  private settingOf(relation: Relation): string {
    return `export_service.cut_${this.content.relations.indexOf(relation)}`;
  }
}
