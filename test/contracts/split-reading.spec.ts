import { setTimeout as pause } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { Client, Pool } from 'pg';
import { LiveSchema } from '../../src/catalog/infrastructure/live-schema';
import { PostgresSourceDatabase } from '../../src/catalog/infrastructure/postgres-source-database';
import type { SourceView } from '../../src/catalog/model/domain/interfaces/source-database';
import type { Condition, TablePlan } from '../../src/catalog/model/domain/table-plan';
import type { FormatWriter, Relations } from '../../src/formats';
import { CsvWriter } from '../../src/formats/csv/csv.writer';
import { JsonWriter } from '../../src/formats/json/json.writer';
import { NdjsonWriter } from '../../src/formats/json/ndjson.writer';
import { XlsxWriter } from '../../src/formats/xlsx/xlsx.writer';
import { XmlWriter } from '../../src/formats/xml/xml.writer';
import { ExportDatabase } from '../../src/platform/database/export-database';
import { DatabaseProxy } from '../support/database-proxy';
import { PostgresServer } from '../support/postgres-server';
import { collect } from '../support/rendering';
import { createTestDatabase, type TestDatabase } from '../support/test-database';
import { testConfig } from '../support/test-config';
import { until } from '../support/until';

/** So small that small tables have many ranges. */
const RANGE_BYTES = 128 * 1024;

const WRITERS: [title: string, writer: Pick<FormatWriter<'relations'>, 'write'>, tables: string[]][] = [
  ['CSV', new CsvWriter(), ['mixed']],
  ['JSON', new JsonWriter(), ['mixed']],
  ['NDJSON', new NdjsonWriter(), ['mixed']],
  ['XML', new XmlWriter(), ['mixed']],
  ['XLSX', new XlsxWriter(), ['mixed']],
  ['XLSX, of several sheets', new XlsxWriter(3_000), ['mixed']],
  ['a zip of CSVs', new CsvWriter(), ['mixed', 'parted', 'heirs', 'long']],
];

describe('Split reading', () => {
  let database: TestDatabase;
  let others: Pool;
  const opened: { connections: ExportDatabase; over: AbortController }[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    others = new Pool({ connectionString: database.url, max: 4 });
    others.on('error', () => undefined);
    await others.query(`
      CREATE TABLE mixed AS SELECT n AS id, md5(n::text) AS hash, n * 0.25 AS amount, n % 3 = 0 AS done,
        now() - n * interval '1 minute' AS at, jsonb_build_object('n', n) AS data,
        CASE WHEN n % 1000 = 0 THEN repeat('x', 40000) END AS cut FROM generate_series(1, 20000) AS n;
      DELETE FROM mixed WHERE id % 7 = 0;
      UPDATE mixed SET amount = amount + 1 WHERE id % 11 = 0;
      CREATE TABLE indexed AS SELECT n AS id, md5(n::text) AS hash FROM generate_series(1, 20000) AS n;
      CREATE UNIQUE INDEX ON indexed (id);
      CREATE TABLE parted (id int, hash text) PARTITION BY RANGE (id);
      CREATE TABLE parted_b PARTITION OF parted FOR VALUES FROM (1) TO (10000);
      CREATE TABLE parted_a PARTITION OF parted FOR VALUES FROM (10000) TO (20001);
      CREATE TABLE parted_c PARTITION OF parted FOR VALUES FROM (20001) TO (30000);
      INSERT INTO parted SELECT n, md5(n::text) FROM generate_series(1, 20000) AS n;
      CREATE TABLE heirs (id int, hash text);
      CREATE TABLE heir (more int) INHERITS (heirs);
      INSERT INTO heirs SELECT n, md5(n::text) FROM generate_series(1, 5000) AS n;
      INSERT INTO heir SELECT n, md5(n::text), 1 FROM generate_series(5001, 20000) AS n;
      CREATE TABLE long AS SELECT n AS id, (SELECT string_agg(md5((n * m)::text), '') FROM generate_series(1, 200) AS m) AS text
        FROM generate_series(1, 600) AS n;
      CREATE TABLE wide AS SELECT n AS id, repeat(md5(n::text), 250) AS text FROM generate_series(1, 36000) AS n;
      CREATE TABLE tiny AS SELECT 1 AS id;
      CREATE TABLE empty (id int);
      CREATE VIEW seen AS TABLE mixed;
      CREATE MATERIALIZED VIEW kept AS TABLE indexed;
      `);
    await others.query('VACUUM ANALYZE');
  });

  afterEach(async () => {
    for (const { connections, over } of opened.splice(0)) {
      over.abort();
      await connections.onApplicationShutdown();
    }
    await noneReads();
  });

  afterAll(async () => {
    await others.end();
    await database.drop();
  });

  async function open(environment: Record<string, string> = {}, isStreamed = false): Promise<SourceView> {
    const config = testConfig({ DATABASE_URL: database.url, EXPORT_PARALLELISM: '3', ...environment });
    const connections = new ExportDatabase(config);
    const over = new AbortController();
    opened.push({ connections, over });
    const source = new PostgresSourceDatabase(connections, new LiveSchema(), RANGE_BYTES);
    return source.open(over.signal, { timeZone: 'UTC', isStreamed });
  }

  async function planOf(view: SourceView, name: string, conditions: Condition[] = []): Promise<TablePlan> {
    const table = (await view.tables([name])).get(name)!;
    return { table, section: name, columns: table.columns, accessPredicates: [], conditions };
  }

  async function contentOf(view: SourceView, names: readonly string[]): Promise<Relations> {
    const plans = [];
    for (const name of names) plans.push(await planOf(view, name));
    await view.lockTables(plans);
    const relations = [];
    for (const plan of plans) relations.push(await view.relation(plan, true));
    return {
      kind: 'relations',
      takenAt: '2026-01-01T00:00:00.000Z',
      userId: null,
      filters: null,
      relations,
      warnings: [],
      setting: (name) => view.setting(name),
    };
  }

  const write = async (view: SourceView, names: readonly string[], writer = WRITERS[0]![1]) =>
    collect(writer.write(await contentOf(view, names), {}, () => undefined));

  it.each(WRITERS)('makes the same file as one connection: %s', async (_title, writer, names) => {
    const view = await open();
    const split = await write(view, names, writer);
    const alone = await write(await open({ EXPORT_PARALLELISM: '1' }), names, writer);

    expect(withoutMoments(split.bytes).equals(withoutMoments(alone.bytes))).toBe(true);
    expect({ ...split, bytes: null }).toEqual({ ...alone, bytes: null });
    expect(view.read.connections).toBeGreaterThan(1);
    expect(view.read.ranges).toBeGreaterThan(names.length * 2);
  });

  it('reports the rows of all connections as progress', async () => {
    const view = await open();
    const reports: number[] = [];
    const file = new CsvWriter().write(await contentOf(view, ['wide']), {}, ({ done }) => reports.push(done));

    for await (const chunk of file.body) if (reports.length < 4 && chunk.length > 0) await pause(100);

    expect(reports.toSorted((a, b) => a - b)).toEqual(reports);
    expect(reports.filter((done) => done > 0 && done < 36_000)).not.toEqual([]);
    expect(reports.at(-1)).toBe(file.summary().recordCount);
  });

  describe('reads with one connection', () => {
    const ALONE = { connections: 1, ranges: 1 };

    it.each(['seen', 'kept', 'tiny', 'empty'])('what is a view or small: %s', async (name) => {
      const view = await open();

      await write(view, [name]);

      expect(view.read).toEqual(ALONE);
    });

    it('what an index finds', async () => {
      const view = await open();
      const [column] = (await planOf(view, 'indexed')).table.columns;
      const condition = {
        field: 'id',
        column: column!,
        operator: 'eq',
        values: ['700'],
        isRelative: false,
        isNegated: false,
      };
      const plan = await planOf(view, 'indexed', [condition as Condition]);
      await view.lockTables([plan]);
      const content = { ...(await contentOf(view, [])), relations: [await view.relation(plan, true)] };

      const file = await collect(new CsvWriter().write(content, {}, () => undefined));

      expect(file.recordCount).toBe(1);
      expect(view.read).toEqual(ALONE);
    });

    it('what a condition selects without an index, with several', async () => {
      const view = await open();
      const column = (await planOf(view, 'indexed')).table.columns[1]!;
      const condition = {
        field: 'hash',
        column,
        operator: 'like',
        values: ['a%'],
        isRelative: false,
        isNegated: false,
      };
      const plan = await planOf(view, 'indexed', [condition as Condition]);
      await view.lockTables([plan]);
      const content = { ...(await contentOf(view, [])), relations: [await view.relation(plan, true)] };

      const file = await collect(new CsvWriter().write(content, {}, () => undefined));

      expect(file.recordCount).toBe(content.relations[0]!.rowCount);
      expect(view.read.ranges).toBeGreaterThan(1);
    });

    it('streams, because their clients read at their own pace', async () => {
      const view = await open({}, true);

      await write(view, ['mixed']);

      expect(view.read).toEqual(ALONE);
    });

    it('behind a pooler, where the next statement may reach another server', async () => {
      const proxy = await DatabaseProxy.before(database.url);
      proxy.fault = 'pool';
      const view = await open({ DATABASE_URL: proxy.url });

      const { recordCount } = await write(view, ['mixed']);

      expect({ recordCount, read: view.read }).toEqual({ recordCount: 17_143, read: ALONE });
      await proxy.close();
    });

    it('if other connections reach another server', async () => {
      const [proxy, another] = [await DatabaseProxy.before(database.url), await PostgresServer.migrated()];
      const name = new URL(database.url).pathname;
      await createDatabase(another.url, name.slice(1));
      const view = await open({ DATABASE_URL: proxy.url });
      const content = await contentOf(view, ['mixed']);
      const refused = jest.spyOn(Logger.prototype, 'warn');
      proxy.redirect(new URL(name, another.url).href);

      const { recordCount } = await collect(new CsvWriter().write(content, {}, () => undefined));

      expect({ recordCount, connections: view.read.connections }).toEqual({ recordCount: 17_143, connections: 1 });
      expect(refused).toHaveBeenCalledWith(expect.anything(), expect.objectContaining({ event: 'rows.not_split' }));
      await proxy.close();
      await another.remove();
    });

    it('partitions with policies, or without the right to read them', async () => {
      await others.query(`
        CREATE ROLE split_reader LOGIN PASSWORD 'split';
        GRANT SELECT ON parted, heirs, heir TO split_reader;
        ALTER TABLE heir ENABLE ROW LEVEL SECURITY`);
      const url = new URL(database.url);
      [url.username, url.password] = ['split_reader', 'split'];
      const [parted, heirs] = [await open({ DATABASE_URL: url.href }), await open({ DATABASE_URL: url.href })];

      const counts = [(await write(parted, ['parted'])).recordCount, (await write(heirs, ['heirs'])).recordCount];

      expect(counts).toEqual([20_000, 20_000]);
      expect([parted.read, heirs.read]).toEqual([ALONE, ALONE]);
      for (const { over } of opened) over.abort();
      await others.query(
        'DROP OWNED BY split_reader; DROP ROLE split_reader; ALTER TABLE heir DISABLE ROW LEVEL SECURITY',
      );
    });
  });

  describe('when a table is changed', () => {
    it('does not wait for an ALTER that waits for it', async () => {
      const view = await open();
      const content = await contentOf(view, ['mixed']);
      const altered = others.query('ALTER TABLE mixed ADD COLUMN later int');
      await until('the ALTER waits', async () => (await waiting()) === 1);

      const { recordCount } = await collect(new CsvWriter().write(content, {}, () => undefined));

      expect(recordCount).toBe(17_143);
      expect(view.read.connections).toBe(1);
      opened[0]!.over.abort();
      await altered;
      await others.query('ALTER TABLE mixed DROP COLUMN later');
    });

    it('does not wait for a REINDEX that waits for it', async () => {
      const view = await open();
      const content = await contentOf(view, ['indexed']);
      const reindexed = others.query('REINDEX TABLE indexed');
      await until('the REINDEX waits', async () => (await waiting()) === 1);

      const { recordCount } = await collect(new CsvWriter().write(content, {}, () => undefined));

      expect(recordCount).toBe(20_000);
      opened[0]!.over.abort();
      await reindexed;
    });

    it('fails with a serialization error if a partition was truncated before it was locked', async () => {
      const view = await open();
      const plan = await planOf(view, 'parted');

      await others.query('BEGIN; TRUNCATE parted_c; COMMIT');

      await expect(view.lockTables([plan])).rejects.toMatchObject({ code: '40001' });
    });
  });

  describe('while rows are read', () => {
    /** Begins to read, and stops when all connections wait for their reader. */
    async function begin(environment: Record<string, string> = {}) {
      const readers = async () =>
        (
          await others.query<{ pid: number; leads: boolean }>(
            `SELECT pid, bool_or(objid = 0) AS leads FROM pg_locks JOIN pg_stat_activity USING (pid)
             WHERE locktype = 'advisory' AND classid = 1163415634 AND datname = current_database()
             GROUP BY pid ORDER BY leads`,
          )
        ).rows;
      // Of the test before, whose locks would take connections from this one.
      await until('no connection reads', async () => (await readers()).length === 0);
      const view = await open(environment);
      const { over } = opened.at(-1)!;
      const rows = new CsvWriter()
        .write(await contentOf(view, ['wide']), {}, () => undefined)
        .body[Symbol.asyncIterator]();
      for (let bytes = 0; bytes < 10_000;) bytes += ((await rows.next()).value as Uint8Array).length;
      // A lock alone does not tell: a follower has it before it joins, and may still fail to join without harm.
      await until('three connections read', async () => {
        const { rows: copies } = await others.query(
          `SELECT FROM pg_stat_activity
           WHERE datname = current_database() AND xact_start IS NOT NULL AND query LIKE 'COPY%'`,
        );
        return copies.length === 3;
      });
      const drain = async () => {
        while (!(await rows.next()).done);
      };
      return { view, over, readers, drain, rows };
    }

    it.each([
      ['a follower', false],
      ['the leader', true],
    ])('fails as a whole when %s is terminated', async (_who, leads) => {
      const { readers, drain } = await begin();
      const victim = (await readers()).find((reader) => reader.leads === leads)!;

      await others.query('SELECT pg_terminate_backend($1)', [victim.pid]);

      await expect(drain()).rejects.toThrow(/terminat|connection/);
      await noneReads();
    });

    it('ends all connections when it is cancelled, although nobody reads on', async () => {
      const { over } = await begin();

      over.abort(new Error('cancelled'));

      await noneReads();
    });

    it('rejects with the reason when it is cancelled', async () => {
      const { over, drain } = await begin();

      over.abort(new Error('cancelled'));

      await expect(drain()).rejects.toThrow('cancelled');
    });

    it('ends all connections when its reader leaves', async () => {
      const { rows } = await begin();

      await rows.return!(undefined);

      await noneReads();
    });

    it('gives connections back when another export begins, and takes them again when it ends', async () => {
      const { view, readers, rows } = await begin();
      const other = await open();
      const read = async (bytes: number) => {
        for (let left = bytes; left > 0;) left -= ((await rows.next()).value as Uint8Array).length;
      };

      await read(60_000_000);
      const beside = (await readers()).length;
      const shared = await write(other, ['mixed']);
      opened.at(-1)!.over.abort();
      await until('a follower is back', async () => {
        await read(1_000_000);
        return (await readers()).length === 3;
      });

      // The leaders of both, and one follower.
      expect(beside).toBeLessThanOrEqual(3);
      expect(shared.recordCount).toBe(17_143);
      expect(other.read.connections).toBeLessThanOrEqual(2);
      expect(view.read.connections).toBe(0);
      await rows.return!(undefined);
    });
  });

  const noneReads = () =>
    until('no transaction is open', async () => {
      const { rows } = await others.query(
        `SELECT FROM pg_stat_activity WHERE datname = current_database() AND xact_start IS NOT NULL AND pid <> pg_backend_pid()`,
      );
      return rows.length === 0;
    });

  /** How many sessions wait for a lock. */
  async function waiting(): Promise<number> {
    const { rows } = await others.query(
      `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    return rows.length;
  }
});

async function createDatabase(server: string, name: string): Promise<void> {
  const client = new Client({ connectionString: server });
  await client.connect();
  await client.query(`CREATE DATABASE ${name}`);
  await client.end();
}

/** The headers of a zip have the moment at which it was made. */
function withoutMoments(file: Buffer): Buffer {
  const bytes = Buffer.from(file);
  for (const [signature, at] of [
    ['PK\x03\x04', 10],
    ['PK\x01\x02', 12],
  ] as const) {
    for (let found = bytes.indexOf(signature); found >= 0; found = bytes.indexOf(signature, found + 1))
      bytes.fill(0, found + at, found + at + 4);
  }
  return bytes;
}
