import { Injectable } from '@nestjs/common';
import type { TypeFamily } from '../../formats';
import type { Snapshot } from '../../platform/database/snapshot';
import { Sql, sql } from '../../platform/database/sql';
import type { LiveColumn, LiveTable } from '../model/domain/table-plan';

interface ColumnRow extends Record<string, unknown> {
  readonly schema: string;
  readonly relation: string;
  readonly is_lockable: boolean;
  readonly column: string;
  readonly type: string;
  readonly type_schema: string;
  readonly type_kind: string;
  readonly declared_type: string;
  readonly modifier: number;
  readonly structure: 'array' | 'composite' | null;
  readonly may_hold_json: boolean;
}

/**
 * Selects every column of the named tables, with the base type of its domains. Names are compared
 * as UTF-8 bytes, so a name that the database's encoding cannot represent finds nothing.
 */
const columnsOf = (names: Sql) => sql`
  WITH RECURSIVE base AS (
    SELECT a.attrelid, a.attnum, a.atttypid AS type, a.atttypmod AS modifier
    FROM pg_catalog.pg_attribute a
    JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
      AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_toast%'
      AND pg_catalog.convert_to(CASE WHEN n.nspname = 'public' THEN c.relname ELSE n.nspname || '.' || c.relname END, 'UTF8')
        = ANY (${names}::bytea[])
    UNION ALL
    SELECT b.attrelid, b.attnum, t.typbasetype, t.typtypmod
    FROM base b JOIN pg_catalog.pg_type t ON t.oid = b.type AND t.typtype = 'd'
  )
  SELECT n.nspname AS schema, c.relname AS relation, c.relkind IN ('r', 'p', 'v') AS is_lockable, a.attname AS column,
         t.typname AS type, tn.nspname AS type_schema, t.typtype AS type_kind,
         pg_catalog.format_type(a.atttypid, a.atttypmod) AS declared_type, b.modifier,
         CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_type e WHERE e.typarray = t.oid) THEN 'array'
              WHEN t.typtype = 'c' THEN 'composite' END AS structure,
         -- jsonb is always rendered on one line.
         t.typname <> 'jsonb' AND (t.typname = 'json' OR t.typtype = 'c' OR t.typcategory = 'A' OR t.typtype IN ('r', 'm')
           OR EXISTS (SELECT FROM pg_catalog.pg_cast k
                      WHERE k.castsource = t.oid AND k.casttarget = 'pg_catalog.json'::pg_catalog.regtype)) AS may_hold_json
  FROM base b
  JOIN pg_catalog.pg_type t ON t.oid = b.type AND t.typtype <> 'd'
  JOIN pg_catalog.pg_namespace tn ON tn.oid = t.typnamespace
  JOIN pg_catalog.pg_attribute a ON a.attrelid = b.attrelid AND a.attnum = b.attnum
  JOIN pg_catalog.pg_class c ON c.oid = b.attrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  ORDER BY n.nspname, c.relname, a.attnum`;

/** A right to read one column is a right to use the table. */
const READABLE_TABLES = sql`
  SELECT CASE WHEN n.nspname = 'public' THEN c.relname ELSE n.nspname || '.' || c.relname END AS name
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
    AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_toast%'
    AND n.nspname NOT LIKE 'pg\\_temp%' AND pg_catalog.has_schema_privilege(n.oid, 'USAGE')
    AND pg_catalog.has_any_column_privilege(c.oid, 'SELECT')`;

const FAMILIES: Readonly<Record<string, TypeFamily>> = {
  text: 'text',
  varchar: 'text',
  bpchar: 'text',
  char: 'text',
  name: 'text',
  citext: 'text',
  xml: 'text',
  int2: 'integer',
  int4: 'integer',
  int8: 'integer',
  oid: 'integer',
  numeric: 'decimal',
  money: 'decimal',
  float4: 'float',
  float8: 'float',
  bool: 'boolean',
  date: 'date',
  timestamp: 'timestamp',
  timestamptz: 'timestamptz',
  json: 'json',
  jsonb: 'json',
};

/** Reads the tables and columns of the database. */
@Injectable()
export class LiveSchema {
  /** The names of the tables that the service may read, in no order. */
  async findReadable(snapshot: Snapshot): Promise<string[]> {
    const rows = await snapshot.query<{ name: string }>(READABLE_TABLES);
    return rows.map(({ name }) => name);
  }

  /** Finds tables by name. A name that two tables share finds none. */
  async find(names: readonly string[], snapshot: Snapshot): Promise<Map<string, LiveTable>> {
    const bytes = names.map((name) => Sql.literal(Buffer.from(name).toString('hex')));
    const array = sql`ARRAY[${Sql.join(bytes.map((hex) => sql`pg_catalog.decode(${hex}, 'hex')`))}]`;
    const rows = await snapshot.query<ColumnRow>(columnsOf(array));
    const tables = new Map<string, LiveTable & { columns: LiveColumn[] }>();
    const ambiguous = new Set<string>();
    for (const row of rows) {
      const name = row.schema === 'public' ? row.relation : `${row.schema}.${row.relation}`;
      const table = tables.get(name) ?? {
        name,
        schema: row.schema,
        relation: row.relation,
        isLockable: row.is_lockable,
        columns: [],
      };
      // For example the table "a.b" in public, and b in the schema a.
      if (table.schema !== row.schema) ambiguous.add(name);
      table.columns.push(toLiveColumn(row));
      tables.set(name, table);
    }
    for (const name of ambiguous) tables.delete(name);
    return tables;
  }
}

function toLiveColumn(row: ColumnRow): LiveColumn {
  const family = toTypeFamily(row);
  return {
    name: row.column,
    type: {
      schema: row.type_schema,
      name: row.type,
      declared: row.declared_type,
      precision: findPrecision(row),
      structure: row.structure,
    },
    family,
    scale: findScale(row, family),
    mayHoldJsonText: row.may_hold_json,
    isMoney: row.type === 'money' && family === 'decimal',
  };
}

/** Checks the schema, because a platform can define a type with the name of a built-in one. */
function toTypeFamily({ type, type_schema: schema, type_kind: kind }: ColumnRow): TypeFamily {
  if (kind === 'e') return 'text';
  const isKnown = (schema === 'pg_catalog' || type === 'citext') && Object.hasOwn(FAMILIES, type);
  return (isKnown ? FAMILIES[type] : undefined) ?? 'other';
}

/** The modifier of `numeric(p, s)`, minus 4, has the precision in its upper 16 bits. */
function findPrecision({ type, modifier }: ColumnRow): number | null {
  return type !== 'numeric' || modifier < 4 ? null : (modifier - 4) >>> 16;
}

/** The modifier of `numeric(p, s)`, minus 4, has the scale in its lower eleven bits as a signed number. */
function findScale({ type, modifier }: ColumnRow, family: TypeFamily): number | null {
  if (family === 'integer') return 0;
  if (type !== 'numeric' || modifier < 4) return null;
  const bits = (modifier - 4) & 0x7ff;
  return bits >= 0x400 ? bits - 0x800 : bits;
}
