import { type Sql, sql } from '../../platform/database/sql';
import type { Column } from '../content';
import { unescaped, withSingleBackslashes } from './duckdb-sql';

/** How the values of a type travel from PostgreSQL to DuckDB. */
export interface ParquetType {
  /** The expression of PostgreSQL that is rendered as text. @param value the column */
  readonly render: (value: Sql) => Sql;
  /** The type as which DuckDB reads that text. */
  readonly readAs: string;
  /**
   * The expression of DuckDB that is written.
   * @param read the name of the column that was read
   * @param discard a condition that is never true, and counts how often it is asked
   */
  readonly toValue: (read: string, discard: string) => string;
  /** The values that Parquet cannot hold, for people; they become null and are counted. `null` if there are none. */
  readonly unheld: string | null;
}

const asIs = (value: Sql): Sql => value;
const asRead = (read: string): string => read;

const plain = (readAs: string): ParquetType => ({ render: asIs, readAs, toValue: asRead, unheld: null });

/** All text types, and those that Parquet has no type for: as PostgreSQL writes them. */
const TEXT: ParquetType = { ...plain('VARCHAR'), toValue: unescaped };

/** As a text without the JSON type, which only a text of valid Unicode may have: json accepts half of a surrogate pair. */
const JSON_TEXT: ParquetType = { ...TEXT, render: (value) => sql`to_json(${value})::text` };

const JSONB: ParquetType = { ...TEXT, toValue: (read) => `${withSingleBackslashes(read)}::JSON` };

const BYTES: ParquetType = {
  ...plain('VARCHAR'),
  render: (value) => sql`encode(${value}, 'hex')`,
  toValue: (read) => `from_hex(${read})`,
};

/** A day that PostgreSQL does not have. */
const INFINITE_DAY = 2147483647;

const DATE: ParquetType = {
  // DuckDB would read a date before Christ as one after.
  render: (value) => sql`CASE WHEN isfinite(${value}) THEN ${value} - '1970-01-01'::date
    WHEN ${value} IS NOT NULL THEN 2147483647 END`,
  readAs: 'INTEGER',
  toValue: (read, discard) =>
    `CASE WHEN ${read} = ${INFINITE_DAY} THEN CASE WHEN ${discard} THEN DATE '1970-01-01' END ELSE DATE '1970-01-01' + ${read} END`,
  unheld: 'infinity',
};

/**
 * Parquet counts microseconds since 1970 in 64 bits. The year 1 before Christ is the year 0.
 * @param type of the value; `toUtc` makes a timestamp in UTC of it
 */
function renderMoment(value: Sql, type: Sql, toUtc: (value: Sql) => Sql): Sql {
  const text = sql`"moment"."text"`;
  const year1 = sql`'0001-01-01 00:00:00+00'::${type}`;
  return sql`CASE WHEN ${value} BETWEEN ${year1} AND '294247-01-10 04:00:54.775806+00'::${type} THEN ${toUtc(value)}::text
    WHEN ${value} < ${year1} AND ${value} > '-infinity'::${type}
    THEN (SELECT '-' || lpad((substring(${text} from '^[0-9]+')::int4 - 1)::text, 4, '0') || substring(${text} from '^[0-9]+(.*) BC$')
          FROM (SELECT ${toUtc(value)}::text AS "text" OFFSET 0) AS "moment")
    WHEN ${value} IS NOT NULL THEN 'infinity' END`;
}

function toMoment(read: string, discard: string): string {
  return `CASE WHEN ${read} IS NULL OR isfinite(${read}) THEN ${read} WHEN ${discard} THEN ${read} END`;
}

const UNHELD_MOMENTS = 'infinity, or after the year 294246';

const TIMESTAMP: ParquetType = {
  render: (value) => renderMoment(value, sql`timestamp`, asIs),
  readAs: 'TIMESTAMP',
  toValue: toMoment,
  unheld: UNHELD_MOMENTS,
};

/** In UTC, which is the time zone of the process. An offset of the past, with seconds, would not be read. */
const TIMESTAMPTZ: ParquetType = {
  ...TIMESTAMP,
  render: (value) => renderMoment(value, sql`timestamptz`, (moment) => sql`(${moment} AT TIME ZONE 'UTC')`),
  readAs: 'TIMESTAMPTZ',
};

const BUILT_IN: Readonly<Record<string, ParquetType>> = {
  bool: plain('BOOLEAN'),
  int2: plain('SMALLINT'),
  int4: plain('INTEGER'),
  int8: plain('BIGINT'),
  oid: plain('BIGINT'),
  float4: plain('FLOAT'),
  float8: plain('DOUBLE'),
  money: toDecimal(19, 2),
  date: DATE,
  timestamp: TIMESTAMP,
  timestamptz: TIMESTAMPTZ,
  uuid: plain('UUID'),
  bytea: BYTES,
  jsonb: JSONB,
};

/** Digits of the longest decimal of Parquet. */
const MAX_DIGITS = 38;

export function toParquetType({ type: { schema, name, precision, structure }, scale }: Column): ParquetType {
  if (structure !== null) return JSON_TEXT;
  if (schema !== 'pg_catalog') return TEXT;
  if (name !== 'numeric') return BUILT_IN[name] ?? TEXT;
  if (precision === null || scale === null) return TEXT;
  // PostgreSQL rounds to tens and hundreds, or has more decimal places than digits; Parquet has neither.
  const digits = scale < 0 ? precision - scale : Math.max(precision, scale);
  return digits > MAX_DIGITS ? TEXT : toDecimal(digits, Math.max(scale, 0));
}

function toDecimal(digits: number, scale: number): ParquetType {
  const type = `DECIMAL(${digits}, ${scale})`;
  return {
    render: asIs,
    readAs: 'VARCHAR',
    toValue: (read, discard) =>
      `CASE WHEN ${read} = 'NaN' THEN CASE WHEN ${discard} THEN 0::${type} END ELSE ${read}::${type} END`,
    unheld: 'NaN',
  };
}
