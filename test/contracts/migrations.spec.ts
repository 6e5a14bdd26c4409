import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { applyMigrations } from '../../src/platform/database/migrations';
import { createBlankDatabase, type TestDatabase } from '../support/test-database';

const FIRST = '20260101000000_first';
const SECOND = '20260102000000_second';

describe('Migrations', () => {
  let database: TestDatabase;
  let client: Client;
  let folder: string;

  beforeEach(async () => {
    database = await createBlankDatabase();
    client = new Client({ connectionString: database.url });
    await client.connect();
    folder = await mkdtemp(join(tmpdir(), 'migrations-'));
    await write(FIRST, 'CREATE TABLE one (id integer)');
  });

  afterEach(async () => {
    await client.end();
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  });

  async function write(name: string, sql: string): Promise<void> {
    await mkdir(join(folder, name), { recursive: true });
    await writeFile(join(folder, name, 'migration.sql'), sql);
  }

  const apply = () => applyMigrations(database.url, folder);

  it('are applied once, in the order of their names', async () => {
    await write(SECOND, 'ALTER TABLE one ADD COLUMN name text');

    expect(await apply()).toEqual([FIRST, SECOND]);
    expect(await apply()).toEqual([]);
  });

  it('are applied alone when they are new', async () => {
    await apply();
    await write(SECOND, 'INSERT INTO one VALUES (1)');

    expect(await apply()).toEqual([SECOND]);
  });

  it('are applied once by concurrent processes', async () => {
    await write(SECOND, 'INSERT INTO one SELECT 1 FROM pg_sleep(0.2)');

    const applied = await Promise.all([apply(), apply(), apply()]);

    expect(applied.flat()).toEqual([FIRST, SECOND]);
    expect((await client.query('SELECT FROM one')).rowCount).toBe(1);
  });

  it('are rejected when an applied one was changed', async () => {
    await apply();
    await write(FIRST, 'CREATE TABLE one (id bigint)');
    await write(SECOND, 'INSERT INTO one VALUES (1)');

    await expect(apply()).rejects.toThrow(`${FIRST} was changed after it was applied`);
    expect((await client.query('SELECT FROM one')).rowCount).toBe(0);
  });

  it('are rejected after a failed one until its row is deleted, and leave nothing of it', async () => {
    await write(SECOND, 'INSERT INTO one VALUES (1); SELECT 1 / 0');

    await expect(apply()).rejects.toThrow(`${SECOND} failed: error: division by zero`);
    await write(SECOND, 'INSERT INTO one VALUES (1)');
    await expect(apply()).rejects.toThrow(`${SECOND} failed before`);
    await client.query('DELETE FROM _prisma_migrations WHERE finished_at IS NULL');

    expect(await apply()).toEqual([SECOND]);
    expect((await client.query('SELECT FROM one')).rowCount).toBe(1);
  });
});
