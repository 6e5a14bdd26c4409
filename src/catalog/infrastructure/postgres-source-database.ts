import { isUUID } from 'class-validator';
import type { Relation } from '../../formats';
import { ADMIN_ROLE } from '../../platform/auth/admin';
import { DomainError, type FieldError } from '../../platform/errors/domain-error';
import { type Division, type DivisionPlan, SnapshotNotSharedError } from '../../export/sources';
import { errorMessage } from '../../platform/async';
import { ExportDatabase, type SnapshotOptions } from '../../platform/database/export-database';
import { type ReadSummary, type Snapshot, SnapshotNotJoinedError } from '../../platform/database/snapshot';
import { Sql, sql } from '../../platform/database/sql';
import type { EstimateQueries, PlannedQuery } from '../model/domain/interfaces/estimate-queries';
import {
  type JoinedView,
  type PlatformUser,
  SourceDatabase,
  type SourceView,
} from '../model/domain/interfaces/source-database';
import type { LiveTable, Condition, TablePlan } from '../model/domain/table-plan';
import { isTemporal } from '../model/domain/row-filters';
import { RELATIVE_SYNTAX } from '../model/domain/relative-time';
import { LiveSchema } from './live-schema';
import { type Explained, PostgresEstimateQueries, toPlannedQuery } from './postgres-estimate-queries';
import { digestOfRows, divideRows, selectPiece, sharedRows } from './row-division';
import { RANGE_BYTES } from './page-ranges';
import { splitRows } from './split-plan';
import { toRowError, selectRows, toLockableTables, SnapshotRelation } from './row-query';

/** The SQLSTATE classes for a value or an operator that does not fit the type. */
const INVALID_QUERY = /^(22|42)/;
const NO_PRIVILEGE = '42501';
/**
 * `invalid_parameter_value` of a setting; the time zone is the only setting that comes from a
 * request.
 */
const UNKNOWN_TIME_ZONE = '22023';
/** The platform's table of users. */
const USERS = 'users';
const USER_COLUMNS = ['id', 'is_active', 'roles'];

const NOT_IN_ENCODING = '22P05';
/** An unknown snapshot, a lock that is not available, too many connections, a server that is not ready. */
const NOT_JOINED = /^(22023|25006|42704|55P03|55000|53300|57P03|08|ECONN|EPIPE)/;

export class PostgresSourceDatabase extends SourceDatabase {
  /** @param rangeBytes as in `splitRows` */
  constructor(
    private readonly database: ExportDatabase,
    private readonly schema: LiveSchema,
    private readonly rangeBytes = RANGE_BYTES,
  ) {
    super();
  }

  override async preview<Result>(work: (view: SourceView) => Promise<Result>, timeZone = 'UTC'): Promise<Result> {
    try {
      return await this.database.preview((snapshot) => work(new SnapshotView(snapshot, this.schema)), timeZone);
    } catch (error) {
      if ((error as { code?: unknown }).code !== UNKNOWN_TIME_ZONE) throw error;
      const message = 'is not a time zone of the database';
      throw DomainError.invalidRequest({ field: 'options.timezone', message });
    }
  }

  override serverId(): Promise<string | null> {
    return this.database.serverId();
  }

  override async open(signal: AbortSignal, options: SnapshotOptions): Promise<SourceView> {
    return new SnapshotView(await this.database.open(signal, options), this.schema, this.rangeBytes);
  }

  override async join(signal: AbortSignal, exported: object): Promise<JoinedView> {
    const shared = sharedRows.parse(exported);
    try {
      const snapshot = await this.database.join(signal, shared);
      return new JoinedSnapshotView(snapshot, this.schema, shared.query);
    } catch (error) {
      signal.throwIfAborted();
      throw toNotShared(error);
    }
  }
}

/** What prevents that a snapshot is joined: it is closed or of another server, a lock or a connection is not available. */
function toNotShared(error: unknown): unknown {
  const { code } = Object(error) as { code?: unknown };
  const isExpected = error instanceof SnapshotNotJoinedError || (typeof code === 'string' && NOT_JOINED.test(code));
  return isExpected ? new SnapshotNotSharedError(errorMessage(error), { cause: error }) : error;
}

/** Has the SQLSTATE of a serialization failure, so that the export is retried in a new snapshot. */
class TableRewrittenError extends Error {
  override readonly name = 'TableRewrittenError';
  readonly code = '40001';

  constructor(table: string) {
    super(`The table ${table} was truncated or rewritten after the snapshot was taken`);
  }
}

/** A snapshot as the catalog reads it. */
export class SnapshotView implements SourceView {
  readonly estimates: EstimateQueries;

  constructor(
    private readonly snapshot: Snapshot,
    private readonly schema: LiveSchema,
    private readonly rangeBytes = RANGE_BYTES,
  ) {
    this.estimates = new PostgresEstimateQueries(snapshot);
  }

  get takenAt(): string {
    return this.snapshot.takenAt;
  }

  get read(): ReadSummary {
    return this.snapshot.read;
  }

  tables(names: readonly string[]): Promise<ReadonlyMap<string, LiveTable>> {
    return this.schema.find(names, this.snapshot);
  }

  readableTables(): Promise<readonly string[]> {
    return this.schema.findReadable(this.snapshot);
  }

  async check(plan: TablePlan): Promise<PlannedQuery> {
    const planned = await this.explain(selectRows(plan));
    if (typeof planned !== 'string') return planned;
    const code = planned;
    if (code === NO_PRIVILEGE) throw tableNotReadable(plan.table.name);
    const errors: FieldError[] = [];
    for (const condition of plan.conditions) {
      if (typeof (await this.explain(selectRows({ ...plan, conditions: [condition] }))) === 'string')
        errors.push(toFieldError(condition));
    }
    if (errors.length === 0 && code === NOT_IN_ENCODING) {
      const message = `The database of ${JSON.stringify(plan.table.name)} cannot represent the id of the user or tenant in its encoding`;
      throw DomainError.invalid('id-not-in-encoding', message);
    }
    if (errors.length === 0) throw new Error(`PostgreSQL rejected the query of ${plan.table.name}: ${code}`);
    throw DomainError.invalidRequest(...errors);
  }

  async lockTables(plans: readonly TablePlan[]): Promise<void> {
    const tables = toLockableTables(plans);
    if (tables.length === 0) return;
    await this.snapshot.query(sql`LOCK TABLE ${Sql.join(tables)} IN ACCESS SHARE MODE`);
    const names = Sql.join(tables.map((table) => Sql.literal(table.text)));
    // pg_class shows the file of the table at the snapshot; the function returns the current one.
    const rewritten = await this.snapshot.query<{ name: string }>(sql`
      WITH RECURSIVE locked AS (
        SELECT name::oid AS oid FROM pg_catalog.unnest(ARRAY[${names}]::pg_catalog.regclass[]) AS name
        UNION SELECT inhrelid FROM pg_catalog.pg_inherits JOIN locked ON locked.oid = inhparent)
      SELECT relname AS name FROM pg_catalog.pg_class JOIN locked USING (oid)
      WHERE relfilenode <> pg_catalog.pg_relation_filenode(oid)`);
    if (rewritten[0]) throw new TableRewrittenError(rewritten[0].name);
  }

  async relation(plan: TablePlan, isCounted: boolean): Promise<Relation> {
    const rows = selectRows(plan);
    const count = isCounted ? await this.countRows(plan) : null;
    const ranges = await splitRows(plan, this.snapshot, this.rangeBytes);
    return new SnapshotRelation(this.snapshot, plan.table.name, plan.section, plan.columns, rows, count, ranges);
  }

  divide(plan: TablePlan, division: Division, rowCount: number): Promise<DivisionPlan> {
    return divideRows(plan, division, rowCount, this.snapshot);
  }

  pieceOf(plan: TablePlan, reads: unknown): Relation {
    const rows = selectPiece(plan, reads);
    return new SnapshotRelation(this.snapshot, plan.table.name, plan.section, plan.columns, rows, null);
  }

  async assertOpen(): Promise<void> {
    await this.snapshot.query(sql`SELECT 1`);
  }

  async hasRows(plan: TablePlan): Promise<boolean> {
    return (await this.snapshot.query(sql`${selectRows(plan)} LIMIT 1`)).length > 0;
  }

  async findUser(id: string): Promise<PlatformUser | null> {
    const columns = (await this.tables([USERS])).get(USERS)?.columns ?? [];
    const typeOf = (name: string) => columns.find((column) => column.name === name)?.type.name;
    if (USER_COLUMNS.some((name) => typeOf(name) === undefined) || (typeOf('id') === 'uuid' && !isUUID(id)))
      return null;
    try {
      const [user] = await this.snapshot.query<{ isActive: boolean; isAdmin: boolean }>(sql`
        SELECT is_active IS NOT FALSE AS "isActive", coalesce(${Sql.literal(ADMIN_ROLE)} = ANY (roles), false) AS "isAdmin"
        FROM public.users WHERE id = ${Sql.literal(id)}`);
      return user ?? null;
    } catch (error) {
      throw (error as { code?: unknown }).code === NO_PRIVILEGE ? tableNotReadable(USERS) : error;
    }
  }

  setting(name: string): Promise<string | null> {
    return this.snapshot.setting(name);
  }

  private async countRows(plan: TablePlan): Promise<number> {
    try {
      const [row] = await this.snapshot.query<{ count: string }>(
        sql`SELECT count(*) FROM (${selectRows(plan)}) AS "row"`,
      );
      return Number(row?.count);
    } catch (error) {
      throw toRowError(plan.table.name, error);
    }
  }

  /** @returns what PostgreSQL expects of a query, or the SQLSTATE with which it rejects it */
  private async explain(select: Sql): Promise<PlannedQuery | string> {
    await this.snapshot.query(sql`SAVEPOINT explained`);
    try {
      const [explained] = await this.snapshot.query<Explained>(sql`EXPLAIN (FORMAT JSON) ${select}`);
      if (!explained) throw new Error('PostgreSQL explained nothing');
      return toPlannedQuery(explained);
    } catch (error) {
      const { code } = error as { code?: unknown };
      if (typeof code === 'string' && INVALID_QUERY.test(code)) return code;
      throw error;
    } finally {
      await this.snapshot.query(sql`ROLLBACK TO SAVEPOINT explained`).catch(() => undefined);
    }
  }
}

/** The snapshot of another process, in which one piece is read. */
class JoinedSnapshotView extends SnapshotView implements JoinedView {
  constructor(
    private readonly joined: Snapshot,
    schema: LiveSchema,
    /** The digest of the query that was divided. */
    private readonly query: string,
  ) {
    super(joined, schema);
  }

  async openPiece(plan: TablePlan, reads: unknown): Promise<Relation> {
    if (digestOfRows(plan) !== this.query) {
      throw new SnapshotNotSharedError('This process would read other rows: the catalog has changed');
    }
    const tables = toLockableTables([plan]);
    try {
      // A command that waits for the leader would be waited for.
      if (tables.length > 0) await this.joined.query(sql`LOCK TABLE ${Sql.join(tables)} IN ACCESS SHARE MODE NOWAIT`);
      await this.joined.useRangeSettings();
    } catch (error) {
      throw toNotShared(error);
    }
    return this.pieceOf(plan, reads);
  }
}

function tableNotReadable(table: string): DomainError {
  return DomainError.invalid('table-not-readable', `The service is not allowed to read ${JSON.stringify(table)}`);
}

function toFieldError({ field, column, operator, values }: Condition): FieldError {
  const { name } = column.type;
  if (values.length === 0) return { field, message: `the type ${name} does not support ${operator}` };
  const message = `does not fit the type ${name} of the column ${JSON.stringify(column.name)}`;
  if (!isTemporal(column)) return { field, message };
  return { field, message: `${message}. Use ISO 8601 or a relative time: ${RELATIVE_SYNTAX}` };
}
