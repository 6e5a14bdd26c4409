import { createHash } from 'node:crypto';
import { z } from 'zod';
import { type Division, type DivisionPlan, MAX_PARTITIONS, type PartitionBy, type Piece } from '../../export/sources';
import { DomainError } from '../../platform/errors/domain-error';
import type { Snapshot } from '../../platform/database/snapshot';
import { Sql, sql } from '../../platform/database/sql';
import { toPartitionFolder } from '../model/domain/partitions';
import type { Condition, LiveColumn, TablePlan } from '../model/domain/table-plan';
import { type PageRange, selectColumn, selectPages, selectRows, toRowError, toTableName } from './row-query';
import { findLeaves, type Leaf } from './split-plan';

/** At most so many pieces, so that their records stay few. */
const MAX_PIECES = 1_000;
/** A piece gives about so many files: the last one of each is smaller than the others. */
const FILES_PER_PIECE = 4;
/** Of a division by size, so that several workers have something to do. */
const MIN_PIECES = 8;

/** What a piece reads, as JSON: all rows, some pages of tables, or the rows whose column has a value or is in a period. */
const pieceOfRows = z.union([
  z.object({ all: z.literal(true) }),
  z.object({
    pages: z.array(z.object({ table: z.string(), from: z.number(), before: z.number().nullable() })),
  }),
  z.object({ column: z.string(), equals: z.string().nullable() }),
  z.object({ column: z.string(), from: z.string(), before: z.string() }),
]);
type PieceOfRows = z.infer<typeof pieceOfRows>;

/** What other processes need to read the pieces of a plan. */
export const sharedRows = z.object({
  id: z.string(),
  server: z.string(),
  timeZone: z.string(),
  takenAt: z.string(),
  /** Of the query of all rows: a process that plans another one must not read a piece. */
  query: z.string(),
});

export function digestOfRows(plan: TablePlan): string {
  return createHash('sha256').update(selectRows(plan).text).digest('hex');
}

/**
 * Plans how the rows of a plan become files. Where they cannot be read in pieces, one piece has all of them and its files are cut
 * from one query.
 * @param rowCount of the rows, exact
 * @throws DomainError if there are too many partitions
 */
export async function divideRows(
  plan: TablePlan,
  division: Division,
  rowCount: number,
  snapshot: Snapshot,
): Promise<DivisionPlan> {
  const shared = async () => {
    return snapshot.canShare ? { ...(await snapshot.export()), query: digestOfRows(plan) } : null;
  };
  const { parts, maxRows: rows, maxBytes: bytes, partitionBy } = division;
  if (partitionBy) {
    const pieces = await findPartitions(plan, partitionBy, snapshot);
    return { snapshot: await shared(), pieces: pieces.map((piece) => ({ ...piece, limits: { rows, bytes } })) };
  }
  const leaves = snapshot.canShare ? await findLeaves(plan, snapshot) : null;
  const pages = leaves?.reduce((sum, leaf) => sum + leaf.pages, 0) ?? 0;
  if (!leaves || pages === 0) {
    const limits = { rows: parts === null ? rows : Math.max(1, Math.ceil(rowCount / parts)), bytes };
    return { snapshot: null, pieces: [{ reads: { all: true }, folder: null, limits }] };
  }
  const count = Math.min(parts ?? countPieces(division, rowCount, leaves), pages);
  const pieces = cutPages(leaves, count).map((reads) => ({ reads, folder: null, limits: { rows, bytes } }));
  return { snapshot: await shared(), pieces };
}

/** Estimated by the size of the tables: the text of rows is about as long. */
function countPieces({ maxRows, maxBytes }: Division, rowCount: number, leaves: readonly Leaf[]): number {
  const bytes = leaves.reduce((sum, leaf) => sum + leaf.bytes, 0);
  const files = Math.max(1, Math.ceil(rowCount / (maxRows ?? Infinity)), Math.ceil(bytes / (maxBytes ?? Infinity)));
  return Math.min(MAX_PIECES, Math.max(Math.ceil(files / FILES_PER_PIECE), Math.min(files, MIN_PIECES)));
}

/** Cuts tables into pieces of about as many pages each. A piece may have pages of several tables. */
export function cutPages(
  leaves: readonly Leaf[],
  count: number,
): { readonly pages: (PageRange & { table: string })[] }[] {
  const total = leaves.reduce((sum, { pages }) => sum + pages, 0);
  return Array.from({ length: count }, (_, index) => {
    const [start, end] = [index, index + 1].map((border) => Math.floor((border * total) / count)) as [number, number];
    const pages = [];
    let first = 0;
    for (const { name, pages: size } of leaves) {
      const [from, before] = [Math.max(start - first, 0), Math.min(end - first, size)];
      // The last range of a table has no end: pages may be added after the size was read.
      if (from < before) pages.push({ table: name.text, from, before: before === size ? null : before });
      first += size;
    }
    return { pages };
  });
}

/**
 * The query of the rows of a piece.
 * @param reads as it was planned
 */
export function selectPiece(plan: TablePlan, reads: unknown): Sql {
  const piece = pieceOfRows.parse(reads);
  if ('all' in piece) return selectRows(plan);
  if ('pages' in piece) {
    // Several queries are read one after the other, in this order.
    const ranges = piece.pages.map((range) => selectPages(plan, toLeafName(range.table), range));
    return ranges.slice(1).reduce((union, range) => sql`${union} UNION ALL ${range}`, ranges[0] ?? sql``);
  }
  return selectRows({ ...plan, conditions: [...plan.conditions, ...toConditions(plan, piece)] });
}

/** Two quoted identifiers, as `findLeaves` names tables; made again, because the text was stored. */
function toLeafName(text: string): Sql {
  const [, schema, relation] = /^"((?:[^"]|"")+)"\."((?:[^"]|"")+)"$/.exec(text) ?? [];
  if (schema === undefined || relation === undefined) throw new Error(`${text} is not the name of a table`);
  return toTableName({ schema: schema.replaceAll('""', '"'), relation: relation.replaceAll('""', '"') });
}

function toConditions(plan: TablePlan, piece: Extract<PieceOfRows, { column: string }>): Condition[] {
  const column = findColumn(plan, piece.column);
  const condition = (operator: Condition['operator'], ...values: string[]): Condition => {
    return { field: 'options.partition_by', column, operator, values, isRelative: false, isNegated: false };
  };
  if ('from' in piece) return [condition('gte', piece.from), condition('lt', piece.before)];
  return [piece.equals === null ? condition('isNull') : condition('eq', piece.equals)];
}

interface PartitionRow extends Record<string, unknown> {
  readonly label: string | null;
  readonly value: string | null;
  readonly before: string | null;
}

type Partition = Pick<Piece, 'reads' | 'folder'>;

/** The values or periods of the column, the smallest first, nulls last. @throws DomainError */
async function findPartitions(plan: TablePlan, by: PartitionBy, snapshot: Snapshot): Promise<Partition[]> {
  const column = findColumn(plan, by.column);
  const query = by.unit === 'value' ? selectValues(plan, column) : selectPeriods(plan, column, by.unit);
  const rows = await snapshot
    .query<PartitionRow>(sql`${query} LIMIT ${Sql.integer(MAX_PARTITIONS + 1)}`)
    .catch((error: unknown) => {
      throw toRowError(plan.table.name, error);
    });
  if (rows.length > MAX_PARTITIONS) throw tooManyPartitionsError(by);
  // An export without rows has one file, too.
  if (rows.length === 0) return [{ reads: { all: true }, folder: null }];
  return rows.map(({ label, value, before }) => {
    const folder = toPartitionFolder(column.name, label);
    if (folder === null) throw tooManyPartitionsError(by);
    if (value !== null && before !== null) return { reads: { column: column.name, from: value, before }, folder };
    return { reads: { column: column.name, equals: value }, folder };
  });
}

function selectValues(plan: TablePlan, { name }: LiveColumn): Sql {
  const column = Sql.identifier(name);
  // Equal values may have different texts, such as 1.0 and 1.00.
  return sql`SELECT min(${column}::pg_catalog.text) AS label, min(${column}::pg_catalog.text) AS value, NULL AS before
    FROM (${selectColumn(plan, column)}) AS "row" GROUP BY ${column} ORDER BY ${column} NULLS LAST`;
}

const LABELS = { year: 'YYYY', month: 'YYYY-MM', day: 'YYYY-MM-DD', hour: 'YYYY-MM-DD"T"HH24' } as const;

function selectPeriods(plan: TablePlan, { name, family }: LiveColumn, unit: keyof typeof LABELS): Sql {
  const column = Sql.identifier(name);
  // As a date, a moment would depend on the time zone.
  const moment = family === 'date' ? sql`${column}::pg_catalog.timestamp` : column;
  const toText = (value: Sql) => (family === 'date' ? sql`${value}::pg_catalog.date::text` : sql`${value}::text`);
  const label = sql`pg_catalog.to_char(start, ${Sql.literal(LABELS[unit])})`;
  return sql`SELECT CASE WHEN isfinite(start) THEN ${label} || CASE WHEN extract(year FROM start) < 0 THEN ' BC' ELSE '' END
      ELSE start::text END AS label,
      ${toText(sql`start`)} AS value,
      CASE WHEN isfinite(start) THEN ${toText(sql`(start + ${Sql.literal(`1 ${unit}`)}::pg_catalog.interval)`)} END AS before
    FROM (SELECT DISTINCT pg_catalog.date_trunc(${Sql.literal(unit)}, ${moment}) AS start
          FROM (${selectColumn(plan, column)}) AS "row") AS period
    ORDER BY start NULLS LAST`;
}

function findColumn({ table: { name, columns } }: TablePlan, wanted: string): LiveColumn {
  const column = columns.find((candidate) => candidate.name === wanted);
  if (column) return column;
  const message = `The table ${JSON.stringify(name)} has no column ${JSON.stringify(wanted)} any more`;
  throw new DomainError('conflict', 'division-impossible', message);
}

function tooManyPartitionsError({ column, unit }: PartitionBy): DomainError {
  const message =
    `The column ${JSON.stringify(column)} has more than ${MAX_PARTITIONS} ${unit === 'value' ? 'values' : `${unit}s`}, ` +
    'or a value that is too long for a folder. Use a larger unit or another column, or filter the rows.';
  return new DomainError('unprocessable', 'too-many-partitions', message);
}
