import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { from as copyFrom } from 'pg-copy-streams';
import { ParquetWriter } from '../../src/formats/parquet/parquet.writer';
import { runDuckDb } from '../support/parquet';
import { RenderingDatabase } from '../support/rendering';

const GUIDE = join(__dirname, '../../docs/guides/analytics.md');

describe('The guide to analytics', () => {
  let rendering: RenderingDatabase;
  let folder: string;
  let queries: string[];
  let toCsv: string;

  beforeAll(async () => {
    rendering = await RenderingDatabase.create();
    folder = await mkdtemp(join(tmpdir(), 'analytics-'));
    const blocks = [...(await readFile(GUIDE, 'utf8')).matchAll(/```sql\n(.*?)```/gs)].map(([, sql = '']) => sql);
    const [first = '', second = ''] = blocks;
    queries = first.split(';\n').filter((sql) => sql.trim() !== '');
    toCsv = second.replace(/;\s*$/, '');
    await rendering.sql(
      `CREATE TABLE transactions (id uuid PRIMARY KEY, amount numeric(12,2) NOT NULL, currency varchar(3), description text, metadata jsonb,
         is_refund boolean, created_at timestamptz, day date, at timestamp, rate double precision, note json)`,
      `INSERT INTO transactions SELECT gen_random_uuid(), (n * 7919 % 100000) / 100.0 - 250,
         (ARRAY['EUR', 'UAH', NULL])[1 + n % 3], (ARRAY['', NULL, 'a "b", c', E'two\\nlines', 'NULL', E'\\\\N', '👍'])[1 + n % 7],
         CASE WHEN n % 4 > 0 THEN jsonb_build_object('n', n, 'text', E'x "y" \\\\ \\n') END, n % 2 = 0,
         timestamptz '2026-03-29 00:59:59.123456+00' + n * interval '37 minutes', date '0001-01-01' + n, timestamp '1969-12-31 23:59' + n * interval '1 second',
         (ARRAY[0.1, 'NaN', '-Infinity', 1e300, NULL, 1e-320])[1 + n % 6], '{"a":  [1,  2]}'
       FROM generate_series(1, 2000) AS n`,
    );
    const { bytes } = await rendering.write(new ParquetWriter(), ['transactions']);
    await writeFile(join(folder, 'transactions.parquet'), bytes);
  });

  afterAll(async () => {
    await rendering.remove();
    await rm(folder, { recursive: true });
  });

  it('shows queries of DuckDB that give what PostgreSQL gives', async () => {
    const [schema, types, sums] = await runDuckDb(folder, queries);

    expect(schema).toContainEqual(['amount', 'INT64', 'DecimalType(scale=2, precision=12)']);
    expect(JSON.parse(String(types?.[0]?.[0]))).toMatchObject({ id: 'uuid', currency: 'character varying(3)' });
    const { rows } = await rendering.pool.query({
      text: `SELECT currency, count(*), sum(amount) FROM transactions GROUP BY currency ORDER BY currency`,
      rowMode: 'array',
    });
    expect(sums).toEqual(rows);
  });

  it('loads the file back into a table that equals the first', async () => {
    await runDuckDb(folder, [toCsv]);

    await rendering.sql('CREATE TABLE transactions_copy (LIKE transactions)');
    await copyCsv('transactions.csv', 'transactions_copy');
    const { rows } = await rendering.pool.query(
      `SELECT (SELECT count(*)::int FROM transactions_copy) AS copied,
              (SELECT count(*)::int FROM (SELECT t::text FROM transactions t EXCEPT SELECT c::text FROM transactions_copy c) AS lost) AS different`,
    );
    expect(rows).toEqual([{ copied: 2000, different: 0 }]);
  });

  it('loads bytes and arrays back with the expressions that it names', async () => {
    const [bytes, array] = [`'\\x' || hex(content)`, 'ARRAY(SELECT jsonb_array_elements_text(tags))'];
    expect(await readFile(GUIDE, 'utf8')).toContain(bytes);
    expect(await readFile(GUIDE, 'utf8')).toContain(array);
    await rendering.sql(
      'CREATE TABLE documents (id int, content bytea, tags text[])',
      `INSERT INTO documents VALUES (1, '\\x00ff0a', ARRAY['a,b', '"', '', E'\n', 'ї', NULL]), (2, '', '{}')`,
      'CREATE TABLE loaded (id int, content bytea, tags jsonb)',
    );
    const written = await rendering.write(new ParquetWriter(), ['documents']);
    await writeFile(join(folder, 'documents.parquet'), written.bytes);

    await runDuckDb(folder, [
      `COPY (SELECT id, ${bytes}, tags FROM 'documents.parquet') TO 'documents.csv' (FORMAT csv, HEADER)`,
    ]);
    await copyCsv('documents.csv', 'loaded');

    const { rows } = await rendering.pool.query(
      `SELECT count(*)::int AS equal FROM loaded JOIN documents USING (id, content) WHERE ${array.replace('tags', 'loaded.tags')} = documents.tags`,
    );
    expect(rows).toEqual([{ equal: 2 }]);
  });

  async function copyCsv(file: string, table: string): Promise<void> {
    const csv = await readFile(join(folder, file));
    const client = await rendering.pool.connect();
    try {
      await pipeline(Readable.from([csv]), client.query(copyFrom(`COPY ${table} FROM STDIN (FORMAT csv, HEADER)`)));
    } finally {
      client.release();
    }
  }
});
