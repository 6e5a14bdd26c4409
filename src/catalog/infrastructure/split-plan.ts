import type { Snapshot } from '../../platform/database/snapshot';
import type { SplitQuery } from '../../platform/database/split-copy';
import { Sql, sql } from '../../platform/database/sql';
import type { TablePlan } from '../model/domain/table-plan';
import { PageRanges, RANGE_BYTES } from './page-ranges';
import { selectPages, selectRows } from './row-query';

/** Below so many ranges, a second connection is not worth its setup. */
const MIN_RANGES = 3;

interface PlanNode {
  readonly 'Node Type': string;
  readonly Schema?: string;
  readonly 'Relation Name'?: string;
  readonly 'Subplans Removed'?: number;
  readonly Plans?: readonly PlanNode[];
}

interface Explained extends Record<string, unknown> {
  readonly 'QUERY PLAN': readonly [{ readonly Plan: PlanNode }];
}

interface LeafRow extends Record<string, unknown> {
  readonly name: string;
  readonly is_table: boolean;
  readonly is_readable: boolean;
  readonly has_policies: boolean;
  readonly pages: string;
  readonly bytes: string;
}

/**
 * Splits the rows of a plan into ranges of pages, in the order in which one query would read them. The tables must be locked.
 * @returns `null` where one query serves better or is needed: it uses an index, the table is small or a view, the partitions
 *   are protected otherwise than their table, or there are no connections to share the work
 */
export async function splitRows(
  plan: TablePlan,
  snapshot: Snapshot,
  rangeBytes = RANGE_BYTES,
): Promise<SplitQuery | null> {
  if (!snapshot.canSplit) return null;
  const tables = await findLeaves(plan, snapshot);
  if (!tables || tables.reduce((sum, { bytes }) => sum + bytes, 0) < rangeBytes * (MIN_RANGES - 1)) return null;
  const ranges = new PageRanges(tables, rangeBytes);
  const names = tables.map(({ name }) => name);
  return {
    count: ranges.count,
    tables: names,
    range: (index) => {
      const range = ranges.at(index);
      return selectPages(plan, names[range.table] ?? sql``, range);
    },
  };
}

/**
 * The tables whose pages have the rows of a plan, in the order in which one query would read them. The plan's table must be locked.
 * @returns `null` where the rows cannot be read by pages
 */
export async function findLeaves(plan: TablePlan, snapshot: Snapshot): Promise<readonly Leaf[] | null> {
  if (!plan.table.isLockable) return null;
  const [explained] = await snapshot.query<Explained>(sql`EXPLAIN (FORMAT JSON, VERBOSE) ${selectRows(plan)}`);
  const scanned = explained ? findScannedTables(explained['QUERY PLAN'][0].Plan) : null;
  const leaves = scanned && (await findTables(plan, scanned, snapshot));
  const [first] = leaves ?? [];
  if (!first) return leaves;
  return (await readsRanges(selectPages(plan, first.name, { from: 0, before: 1 }), snapshot)) ? leaves : null;
}

/** @returns the tables that a plan reads from the first page to the last, in order; `null` if it does anything else */
export function findScannedTables(plan: PlanNode): Sql[] | null {
  if (plan['Node Type'] === 'Append') {
    if (plan['Subplans Removed']) return null;
    const scanned = (plan.Plans ?? []).map(findScannedTable);
    return scanned.every((name) => name !== null) && scanned.length > 0 ? scanned : null;
  }
  const name = findScannedTable(plan);
  return name && [name];
}

function findScannedTable(node: PlanNode): Sql | null {
  const { Schema: schema, 'Relation Name': relation, Plans: plans = [] } = node;
  if (node['Node Type'] !== 'Seq Scan' || plans.length > 0 || schema === undefined || relation === undefined)
    return null;
  return sql`${Sql.identifier(schema)}.${Sql.identifier(relation)}`;
}

/** A table, or a partition or an heir of it. */
export interface Leaf {
  readonly name: Sql;
  readonly pages: number;
  readonly bytes: number;
}

/** @returns the tables with pages, or `null` if they must not be read in place of the plan's table */
async function findTables(plan: TablePlan, leaves: readonly Sql[], snapshot: Snapshot): Promise<Leaf[] | null> {
  const whole = sql`${Sql.identifier(plan.table.schema)}.${Sql.identifier(plan.table.relation)}`;
  const names = Sql.join([whole, ...leaves].map(({ text }) => Sql.literal(text)));
  const [self, ...found] = await snapshot.query<LeafRow & Record<string, unknown>>(sql`
    SELECT given.name, c.relkind IN ('r', 'p') AS is_table, pg_catalog.has_table_privilege(c.oid, 'SELECT') AS is_readable,
           pg_catalog.row_security_active(c.oid) AS has_policies,
           pg_catalog.pg_relation_size(c.oid) / pg_catalog.current_setting('block_size')::int AS pages,
           pg_catalog.pg_table_size(c.oid) AS bytes
    FROM pg_catalog.unnest(ARRAY[${names}]) WITH ORDINALITY AS given (name, position)
    JOIN pg_catalog.pg_class c ON c.oid = given.name::pg_catalog.regclass
    ORDER BY given.position`);
  if (!self?.is_table) return null;
  const isItself = found.length === 1 && found[0]?.name === self.name;
  const mayBeRead = !self.has_policies && found.every((leaf) => leaf.is_readable && !leaf.has_policies);
  if (!isItself && !mayBeRead) return null;
  return found.flatMap(({ pages, bytes }, index) => {
    const name = leaves[index];
    return name && Number(pages) > 0 ? [{ name, pages: Number(pages), bytes: Number(bytes) }] : [];
  });
}

/** Whether PostgreSQL reads only the pages of a range, and nothing of the others. */
async function readsRanges(range: Sql, snapshot: Snapshot): Promise<boolean> {
  const [explained] = await snapshot.withRangeSettings(() =>
    snapshot.query<Explained>(sql`EXPLAIN (FORMAT JSON) ${range}`),
  );
  return explained?.['QUERY PLAN'][0].Plan['Node Type'] === 'Tid Range Scan';
}
