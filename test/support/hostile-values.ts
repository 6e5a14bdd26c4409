import { Client } from 'pg';
import type { RenderingDatabase } from './rendering';

/** Each column by its type, with the SQL of the values that stand in it, one under the other. */
const COLUMNS: Readonly<Record<string, readonly [type: string, ...values: string[]]>> = {
  a_text: [
    'text',
    `''`,
    `' '`,
    `'null'`,
    `'NULL'`,
    `E'\\\\N'`,
    `E'\\\\.'`,
    `E'say "hi", it''s;\\ttab'`,
    `E'line\\nfeed'`,
    `E'carriage\\rreturn'`,
    `E'both\\r\\n'`,
    `E'\\\\n is no line feed \\\\ \\\\\\\\'`,
    `'  blanks around  '`,
    `'👩‍👩‍👧‍👦 🇺🇦 𝒳 é é 中文 Привет'`,
    `U&'\\202E עברית ‏العربية \\2067'`,
    `'<a b="c">&amp; ]]> <![CDATA[ <!-- x --> </a>'`,
    `'{"json": [1, "2"]}'`,
    `'_x000D_ _x005F_ %00 \\u0000 &#0;'`,
    `'_X000D_ _X005f_x000d_'`,
    `U&'\\FFFD\\2028\\2029\\FEFF\\0085\\00A0\\200B'`,
    `'=1+1'`,
    `'+49 30 1234'`,
    `'-cmd|'' /C calc''!A0'`,
    `'@SUM(A1)'`,
    `E'\\t=1'`,
    `E'\\r=1'`,
    `'-5.00'`,
    `'+1e3'`,
    `E'1\\n=2'`,
    `E'-1\\n=2'`,
    `'-infinity'`,
    `E'\\n=1+1'`,
    `'＝1+1'`,
    `'＋49 30'`,
    `'－1'`,
    `'＠SUM(A1)'`,
    `'～tilde'`,
    `'say r="A1" here'`,
  ],
  controls: [
    'text',
    `E'\\x01\\x02\\x03\\x04\\x05\\x06\\x07\\x08'`,
    `E'\\x0b\\x0c\\x0e\\x0f\\x10\\x11\\x12'`,
    `E'\\x13\\x14\\x15\\x16\\x17\\x18\\x19\\x1a\\x1b\\x1c\\x1d\\x1e\\x1f\\x7f'`,
    `U&'\\FFFE\\FFFF'`,
    `U&'a\\0080\\009Fz'`,
    `U&'\\2401\\2400'`,
  ],
  large: ['text', `repeat('0123456789é"<&👍', 60000)`],
  a_varchar: ['varchar(40)', `'=varchar'`, `''`],
  a_char: ['char(6)', `'ab'`, `''`, `'=ab'`, `'-5.00'`, `'-1 2'`, `'-1e5'`, `'-1.000'`],
  a_quoted_char: ['"char"', `'x'`, `'='`],
  a_name: ['name', `'@name'`],
  a_citext: ['citext', `'=CiText'`, `'Ab'`],
  a_collated: ['text COLLATE nocase', `'=Case'`, `'-5.00'`, `'<a>'`, `''`],
  an_enum: ['mood', `'happy'`, `'=sad'`, `''`],
  a_domain: ['shout', `'=HEY'`, `'HEY'`],
  a_domain_over_domain: ['percent', `12.50`, `-0.01`],
  an_xml: ['xml', `'<a href="x">&amp;</a>'`],
  a_smallint: ['smallint', `-32768`, `32767`],
  an_int: ['int', `-2147483648`, `0`],
  a_bigint: ['bigint', `-9223372036854775808`, `9223372036854775807`, `9007199254740993`],
  a_numeric: [
    'numeric',
    `12345678901234567890`,
    `'NaN'`,
    `'Infinity'`,
    `'-Infinity'`,
    `-0.0`,
    `1e-20`,
    `1.10`,
    `repeat('9', 300)::numeric`,
  ],
  a_scaled: ['numeric(38,10)', `1234567890123456789012345678.0123456789`, `-1`, `0.1`, `'NaN'`],
  a_rounded: ['numeric(5,-2)', `12345`],
  a_real: ['real', `0.1`, `'NaN'`, `'-Infinity'`, `'-0'`, `3.4e38`],
  a_double: ['double precision', `0.1`, `1e300`, `'-0'`, `'NaN'`, `'Infinity'`, `1e-320`, `123456789012345680`],
  a_money: ['money', `'-1234.56'::numeric::money`, `0.5::numeric::money`],
  a_boolean: ['boolean', `true`, `false`],
  a_date: ['date', `'1969-12-31'`, `'0044-03-15 BC'`, `'infinity'`, `'-infinity'`, `'12026-01-01'`, `'1899-12-31'`],
  a_time: ['time', `'23:59:59.999999'`, `'24:00'`],
  a_timetz: ['timetz', `'12:00:00.5+05:30'`],
  a_timestamp: [
    'timestamp',
    `'1969-07-20 20:17:40.000001'`,
    `'0044-03-15 12:00 BC'`,
    `'infinity'`,
    `'294276-12-31 23:59:59.999999'`,
    `'1900-02-28 00:00'`,
    `'9999-12-31 23:59:59.999'`,
    `'9999-12-31 23:59:59.999999'`,
    `'10000-01-01 00:00'`,
  ],
  a_timestamptz: [
    'timestamptz',
    `'2026-03-29 01:30:00+01'`,
    `'2026-10-25 00:30:00+00'`,
    `'infinity'`,
    `'-infinity'`,
    `'0044-03-15 12:00 BC'`,
    `'1800-01-01 00:00:00+00'`,
    `'9999-12-31 23:59:59.9995+00'`,
    `'10000-01-01 00:00:00+00'`,
  ],
  an_interval: ['interval', `'1 year 2 mons -3 days 04:05:06.789'`, `'-1 day'`, `'00:00'`],
  a_uuid: ['uuid', `'00000000-0000-0000-0000-0000000000ff'`],
  a_bytea: ['bytea', `'\\x00ff0a0d22'`, `''`],
  a_json: [
    'json',
    `'{"b":1, "a" : 2,\n\t"b":3}'`,
    `E'{"nul":"\\\\u0000","pair":"\\\\ud83d\\\\udc4d"}'`,
    `'1234567890123456789012345678901234567890'`,
    `'-0'`,
    `'1.10'`,
    `'null'`,
    `'"=1+1"'`,
    `'{"__proto__": {"x": 1}}'`,
    `E'[1,\r\n2]'`,
  ],
  a_jsonb: ['jsonb', `'{"b":1,"a":{"n":1.10,"big":12345678901234567890}}'`, `'"line\\nfeed"'`, `'null'`, `'[]'`],
  a_text_array: ['text[]', `ARRAY['a,b', '"', NULL, 'NULL', '', E'\n', '{}']`, `'{}'`, `'[2:3]={a,b}'`],
  a_number_array: ['numeric[][]', `'{{1.10,NaN},{-0,12345678901234567890}}'`],
  a_json_array: ['json[]', `ARRAY['{"a":\n1}'::json, NULL]`],
  a_composite: ['place', `ROW('a "b", (c)', '{"x":\n1}'::json, 1.10)`],
  a_range: ['numrange', `'[1.10,)'`, `'empty'`],
  a_multirange: ['int4multirange', `'{[1,3), [5,7)}'`],
  an_hstore: ['hstore', `'"a=>"=>"b,\\"c", n=>NULL'`],
  an_inet: ['inet', `'10.0.0.1'`, `'10.0.0.1/8'`, `'::1'`],
  a_macaddr: ['macaddr', `'08:00:2b:01:02:03'`],
  bits: ['bit(5)', `B'00101'`],
  varbits: ['bit varying', `B'1'`, `B''`],
  a_point: ['point', `'(0.1,-0)'`],
  a_vector: ['tsvector', `'fat:2 ''it''''s'':1'`],
  a_query: ['tsquery', `'fat & !rat'`],
  a_jsonpath: ['jsonpath', `'$.a[*] ? (@ > 1)'`],
  a_lsn: ['pg_lsn', `'16/B374D848'`],
  an_oid: ['oid', `4294967295`, `0`],
};

const TYPES = [
  `CREATE EXTENSION citext`,
  `CREATE EXTENSION hstore`,
  `CREATE COLLATION nocase (provider = icu, locale = 'und-u-ks-level2', deterministic = false)`,
  `CREATE TYPE mood AS ENUM ('happy', '=sad', '')`,
  `CREATE DOMAIN shout AS text CHECK (VALUE = upper(VALUE))`,
  `CREATE DOMAIN fraction AS numeric(5,2)`,
  `CREATE DOMAIN percent AS fraction CHECK (VALUE < 100)`,
  `CREATE TYPE place AS (name text, more json, size numeric)`,
];

/** A table whose values formats trip over, one column a type, and what the database itself says they are. */
export interface HostileTable {
  readonly name: string;
  /** Without the `id`, which counts from 1. */
  readonly columns: readonly string[];
  /** By row, then by column: what the type's own output function gives; amounts of money as numbers. */
  readonly texts: readonly Readonly<Record<string, string | null>>[];
  /** The same values by `to_json`. */
  readonly json: readonly Readonly<Record<string, string | null>>[];
}

/** Makes the table, and asks a connection of its own for its texts, in UTC. The last row is nothing but nulls. */
export async function hostileTable(rendering: RenderingDatabase): Promise<HostileTable> {
  const name = 'hostile_values';
  const columns = Object.keys(COLUMNS);
  const height = 1 + Math.max(...Object.values(COLUMNS).map(([, ...values]) => values.length));
  const rows = Array.from({ length: height }, (_, row) => {
    const values = Object.values(COLUMNS).map(([type, ...given]) => `(${given[row] ?? 'NULL'})::${type}`);
    return `INSERT INTO ${name} VALUES (${[row + 1, ...values].join(', ')})`;
  });
  const definitions = Object.entries(COLUMNS).map(([column, [type]]) => `${column} ${type}`);
  await rendering.sql(...TYPES, `CREATE TABLE ${name} (id int PRIMARY KEY, ${definitions.join(', ')})`, ...rows);
  const ask = (expression: (column: string) => string) => readText(rendering.databaseUrl, name, columns, expression);
  return {
    name,
    columns,
    // Unlike a cast, concat keeps the padding of char(n); it gives a boolean as t or f.
    texts: await ask((column) => `CASE WHEN ${column} IS DISTINCT FROM NULL THEN concat(${column}) END`),
    json: await ask((column) => `to_json(${column})::text`),
  };
}

async function readText(
  databaseUrl: string,
  table: string,
  columns: readonly string[],
  expression: (column: string) => string,
): Promise<Record<string, string | null>[]> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(`SET timezone = 'UTC'`);
    const list = columns.map((column) => {
      const value = COLUMNS[column]?.[0] === 'money' ? `${column}::numeric` : column;
      return `${expression(value)} AS ${column}`;
    });
    return (await client.query<Record<string, string | null>>(`SELECT ${list.join(', ')} FROM ${table} ORDER BY id`))
      .rows;
  } finally {
    await client.end();
  }
}
