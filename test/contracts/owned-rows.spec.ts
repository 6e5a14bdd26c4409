import { Pool } from 'pg';
import { LiveSchema } from '../../src/catalog/infrastructure/live-schema';
import { selectRows } from '../../src/catalog/infrastructure/row-query';
import { Snapshot } from '../../src/platform/database/snapshot';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

describe('The owner predicate', () => {
  let database: TestDatabase;
  let pool: Pool;

  beforeAll(async () => {
    database = await createTestDatabase();
    pool = new Pool({ connectionString: database.url, max: 2 });
    await pool.query(
      `CREATE COLLATION caseless (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
       CREATE TYPE plan AS ENUM ('free', 'paid');
       CREATE TABLE owned (
         as_text text, as_caseless text COLLATE caseless, as_padded char(8), as_name name, as_plan plan,
         as_small int2, as_big int8, as_numeric numeric, as_uuid uuid);
       INSERT INTO owned VALUES
         ('ada', 'ada', 'ada', 'ada', 'free', 7, 7, 7, '00000000-0000-7000-8000-00000000000a'),
         ('ADA', 'ADA', 'ADA', 'ADA', 'paid', 8, 8, 8, '00000000-0000-7000-8000-00000000000b');
       CREATE INDEX ON owned (as_text);
       CREATE INDEX ON owned (as_small)`,
    );
  });

  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  /** The query for the rows whose column has the value. */
  async function queryOf(name: string, value: string): Promise<string> {
    const snapshot = await Snapshot.begin(await pool.connect(), pool, new AbortController().signal, 'UTC');
    try {
      const table = (await new LiveSchema().find(['owned'], snapshot)).get('owned')!;
      const column = table.columns.find((candidate) => candidate.name === name)!;
      const accessPredicates = [{ column, value }];
      return selectRows({ table, section: 'owned', columns: [column], accessPredicates, conditions: [] }).text;
    } finally {
      await snapshot.close();
    }
  }

  it.each([
    ['as_text', 'ada'],
    ['as_caseless', 'ada'],
    ['as_padded', 'ada'],
    ['as_name', 'ada'],
    ['as_plan', 'free'],
    ['as_small', '7'],
    ['as_big', '7'],
    ['as_numeric', '7'],
    ['as_uuid', '00000000-0000-7000-8000-00000000000a'],
  ])('on the column %s matches only %s', async (column, value) => {
    expect((await pool.query(await queryOf(column, value))).rowCount).toBe(1);
  });

  it.each([
    ['as_text', 'Ada'],
    ['as_caseless', 'Ada'],
    ['as_padded', 'ada '],
    ['as_plan', 'unknown'],
    ['as_small', '007'],
    ['as_small', '70000'],
    ['as_small', '7 '],
    ['as_big', '99999999999999999999'],
    ['as_numeric', '7.0'],
    ['as_uuid', 'ada'],
    ['as_text', 'a\0da'],
  ])('on the column %s does not match %j', async (column, value) => {
    expect((await pool.query(await queryOf(column, value))).rowCount).toBe(0);
  });

  it.each([
    ['as_text', 'ada'],
    ['as_small', '7'],
  ])('uses the index of %s', async (column, value) => {
    const client = await pool.connect();
    await client.query('SET enable_seqscan = off');
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${await queryOf(column, value)}`);
    client.release(true);

    expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toContain('Index Cond');
  });
});
