import { Pool } from 'pg';
import { LiveSchema } from '../../src/catalog/infrastructure/live-schema';
import { PostgresSourceDatabase } from '../../src/catalog/infrastructure/postgres-source-database';
import type { SourceView } from '../../src/catalog/model/domain/interfaces/source-database';
import type { TablePlan } from '../../src/catalog/model/domain/table-plan';
import { CsvWriter } from '../../src/formats/csv/csv.writer';
import { ExportDatabase } from '../../src/platform/database/export-database';
import { collect } from '../support/rendering';
import { createTestDatabase, type TestDatabase } from '../support/test-database';
import { testConfig } from '../support/test-config';

describe('PostgresSourceDatabase', () => {
  let database: TestDatabase;
  let others: Pool;
  let connections: ExportDatabase;
  let source: PostgresSourceDatabase;
  let over: AbortController;

  beforeEach(async () => {
    database = await createTestDatabase();
    others = new Pool({ connectionString: database.url, max: 1 });
    await others.query(
      `CREATE TABLE things AS SELECT n FROM generate_series(1, 1000) n; CREATE VIEW seen AS TABLE things`,
    );
    connections = new ExportDatabase(testConfig({ DATABASE_URL: database.url }));
    source = new PostgresSourceDatabase(connections, new LiveSchema());
    over = new AbortController();
  });

  afterEach(async () => {
    over.abort();
    await connections.onApplicationShutdown();
    await others.end();
    await database.drop();
  });

  const open = () => source.open(over.signal, { timeZone: 'UTC', isStreamed: true });

  async function planOf(view: SourceView, name: string): Promise<TablePlan> {
    const table = (await view.tables([name])).get(name)!;
    return { table, section: name, columns: table.columns, accessPredicates: [], conditions: [] };
  }

  it.each(['things', 'seen'])('prevents TRUNCATE of locked tables: %s', async (name) => {
    const view = await open();
    const plan = await planOf(view, name);

    await view.lockTables([plan]);
    const emptied = others.query(`SET lock_timeout = '200ms'; TRUNCATE things`);

    await expect(emptied).rejects.toThrow('lock timeout');
    const content = {
      kind: 'relations' as const,
      takenAt: view.takenAt,
      userId: null,
      filters: null,
      relations: [await view.relation(plan, false)],
      warnings: [],
      setting: () => Promise.resolve(null),
    };
    expect(await collect(new CsvWriter().write(content, {}, () => undefined))).toMatchObject({ recordCount: 1000 });
  });

  it('fails with a serialization error if a table was truncated before it was locked', async () => {
    const view = await open();
    const plan = await planOf(view, 'things');

    await others.query('TRUNCATE things');

    await expect(view.lockTables([plan])).rejects.toMatchObject({ code: '40001' });
  });

  describe('findUser', () => {
    const ID = '0199f3a2-7c1e-7d3a-9b62-1f0c5a6e8d11';
    const find = (id = ID) => source.preview((view) => view.findUser(id));

    it.each([
      [`true, '{student,admin}'`, { isActive: true, isAdmin: true }],
      [`false, '{admin}'`, { isActive: false, isAdmin: true }],
      [`true, '{}'`, { isActive: true, isAdmin: false }],
    ])('returns whether the user is active and an administrator: %s', async (values, user) => {
      await others.query(
        `INSERT INTO users (id, name, email, is_active, roles) VALUES ('${ID}', 'A', 'a@b.c', ${values})`,
      );

      expect(await find()).toEqual(user);
    });

    it('returns null for unknown and malformed ids', async () => {
      expect([await find(), await find('ann'), await find("'; --")]).toEqual([null, null, null]);
    });

    it('supports ids that are not UUIDs', async () => {
      await others.query('DROP TABLE users CASCADE');
      await others.query(
        `CREATE TABLE users AS SELECT 'o''neill' AS id, NULL::boolean AS is_active, NULL::text[] AS roles`,
      );

      expect(await find("o'neill")).toEqual({ isActive: true, isAdmin: false });
    });

    it.each(['DROP TABLE users CASCADE', 'ALTER TABLE users DROP COLUMN roles'])(
      'returns null without the platform’s table or its columns: %s',
      async (change) => {
        await others.query(`INSERT INTO users (id, name, email) VALUES ('${ID}', 'A', 'a@b.c')`);
        await others.query(change);

        expect(await find()).toBeNull();
      },
    );
  });
});
