import { Injectable } from '@nestjs/common';
import type { Relation } from '../../export';
import { DomainError, type FieldError } from '../../platform/errors/domain-error';
import { ExportDatabase, type SnapshotOptions } from '../../platform/postgres/export-database';
import type { Snapshot } from '../../platform/postgres/snapshot';
import { type Sql, sql } from '../../platform/postgres/sql';
import { SourceDatabase, type SourceView } from '../model/domain/interfaces/source-database';
import type { LiveTable } from '../model/domain/live-table';
import type { Condition, TablePlan } from '../model/domain/table-plan';
import { LiveSchema } from './live-schema';
import { rowError } from './row-error';
import { rowsOf } from './row-query';
import { SnapshotRelation } from './snapshot-relation';

/** The classes of SQLSTATE by which PostgreSQL says that a value or a comparison does not suit the type. */
const UNSUITABLE = /^(22|42)/;
const NO_PRIVILEGE = '42501';
const UNTRANSLATABLE = '22P05';

@Injectable()
export class PostgresSourceDatabase extends SourceDatabase {
  constructor(
    private readonly database: ExportDatabase,
    private readonly schema: LiveSchema,
  ) {
    super();
  }

  override look<Result>(work: (view: SourceView) => Promise<Result>): Promise<Result> {
    return this.database.look((snapshot) => work(new SnapshotView(snapshot, this.schema)));
  }

  override async open(signal: AbortSignal, options: SnapshotOptions): Promise<SourceView> {
    return new SnapshotView(await this.database.open(signal, options), this.schema);
  }
}

class SnapshotView implements SourceView {
  constructor(
    private readonly snapshot: Snapshot,
    private readonly schema: LiveSchema,
  ) {}

  get takenAt(): string {
    return this.snapshot.takenAt;
  }

  tables(names: readonly string[]): Promise<ReadonlyMap<string, LiveTable>> {
    return this.schema.find(names, this.snapshot);
  }

  async check(plan: TablePlan): Promise<void> {
    const code = await this.refusalOf(rowsOf(plan));
    if (code === null) return;
    if (code === NO_PRIVILEGE) {
      const message = `The service has no right to read ${JSON.stringify(plan.table.name)}`;
      throw DomainError.invalid('table-not-readable', message);
    }
    const wrong: FieldError[] = [];
    for (const condition of plan.conditions) {
      if ((await this.refusalOf(rowsOf({ ...plan, conditions: [condition] }))) !== null) wrong.push(refused(condition));
    }
    if (wrong.length === 0 && code === UNTRANSLATABLE) {
      const message = `The database of ${JSON.stringify(plan.table.name)} cannot write the id of the user or tenant in its encoding`;
      throw DomainError.invalid('id-not-in-encoding', message);
    }
    if (wrong.length === 0) throw new Error(`PostgreSQL refuses the query of ${plan.table.name}: ${code}`);
    throw DomainError.invalid('invalid-request', 'The request is not valid', ...wrong);
  }

  async relation(plan: TablePlan, isCounted: boolean): Promise<Relation> {
    const rows = rowsOf(plan);
    const count = isCounted ? await this.countOf(plan) : null;
    return new SnapshotRelation(this.snapshot, plan.table.name, plan.section, plan.columns, rows, count);
  }

  async hasRows(plan: TablePlan): Promise<boolean> {
    return (await this.snapshot.query(sql`${rowsOf(plan)} LIMIT 1`)).length > 0;
  }

  setting(name: string): Promise<string | null> {
    return this.snapshot.setting(name);
  }

  private async countOf(plan: TablePlan): Promise<number> {
    try {
      const [row] = await this.snapshot.query<{ count: string }>(sql`SELECT count(*) FROM (${rowsOf(plan)}) AS "row"`);
      return Number(row?.count);
    } catch (error) {
      throw rowError(plan.table.name, error);
    }
  }

  /** @returns the SQLSTATE with which PostgreSQL refuses a query, or `null` when it would run it */
  private async refusalOf(select: Sql): Promise<string | null> {
    await this.snapshot.query(sql`SAVEPOINT explained`);
    try {
      await this.snapshot.query(sql`EXPLAIN ${select}`);
      return null;
    } catch (error) {
      const { code } = error as { code?: unknown };
      if (typeof code === 'string' && UNSUITABLE.test(code)) return code;
      throw error;
    } finally {
      await this.snapshot.query(sql`ROLLBACK TO SAVEPOINT explained`).catch(() => undefined);
    }
  }
}

function refused({ field, column, operator, values }: Condition): FieldError {
  const { name } = column.type;
  if (values.length === 0) return { field, message: `the type ${name} knows no ${operator}` };
  return { field, message: `does not suit the type ${name} of the column ${JSON.stringify(column.name)}` };
}
