import { Pool } from 'pg';
import { LiveSchema } from '../../src/catalog/infrastructure/live-schema';
import { PostgresSourceDatabase } from '../../src/catalog/infrastructure/postgres-source-database';
import type { SourceView } from '../../src/catalog/model/domain/interfaces/source-database';
import type { Relations, RenderedFile } from '../../src/formats';
import { CsvWriter } from '../../src/formats/csv/csv.writer';
import { isDatabaseUnreachable } from '../../src/platform/database/database-fault';
import { ExportDatabase } from '../../src/platform/database/export-database';
import { Pace } from '../../src/platform/database/pace';
import { ReadAhead } from '../../src/platform/database/read-ahead';
import { PostgresServer } from '../support/postgres-server';
import { collect } from '../support/rendering';
import { testConfig } from '../support/test-config';
import { until } from '../support/until';

const ROWS = 12_000;
/** So small that the tables have several ranges. */
const RANGE_BYTES = 512 * 1024;
/** So little that the second connection soon waits for its turn. */
const READ_AHEAD_BYTES = 64 * 1024;
/** How much is read between two looks at the standby. */
const STEP_BYTES = 256 * 1024;

/** Their pages are few and their texts long: a range is more than the buffers between a connection and its reader hold. */
const TABLES = ['kept', 'vacuumed', 'truncated', 'waiting'];

describe('Reading from a standby', () => {
  let servers: PostgresServer[] = [];
  let primary: Pool;
  let standby: Pool;
  let standbyUrl = '';
  const opened: { connections: ExportDatabase; over: AbortController }[] = [];

  beforeAll(async () => {
    const server = await PostgresServer.migrated();
    servers = [server];
    // Replay waits for no query, and cancels it.
    const copy = await server.standby({ max_standby_streaming_delay: '0' });
    servers = [copy, server];
    standbyUrl = copy.url;
    [primary, standby] = [server.url, copy.url].map((connectionString) => {
      const pool = new Pool({ connectionString, max: 2 });
      pool.on('error', () => undefined);
      return pool;
    }) as [Pool, Pool];
    // It would cause conflicts that no test expects.
    await primary.query('ALTER SYSTEM SET autovacuum = off');
    await primary.query('SELECT pg_reload_conf()');
    for (const table of TABLES) {
      await primary.query(`CREATE TABLE ${table} AS
        SELECT n AS id, repeat(md5(n::text), 250) AS text FROM generate_series(1, ${ROWS}) AS n`);
    }
    await primary.query(`VACUUM ANALYZE ${TABLES.join(', ')}`);
    await replayed();
  });

  afterEach(async () => {
    for (const { connections, over } of opened.splice(0)) {
      over.abort();
      await connections.onApplicationShutdown();
    }
    await noneReads();
  });

  afterAll(async () => {
    await Promise.all([primary.end(), standby.end()]);
    for (const server of servers) await server.remove();
  });

  it('makes the same file with two connections as with one', async () => {
    const view = await open();

    const split = await collect(await fileOf(view, 'kept'));
    const alone = await collect(await fileOf(await open({ EXPORT_PARALLELISM: '1' }), 'kept'));

    expect(split.recordCount).toBe(ROWS);
    expect(split.bytes.equals(alone.bytes)).toBe(true);
    expect(view.read.connections).toBe(2);
  });

  describe('when replay removes rows that it reads', () => {
    it.each([
      ['VACUUM', 'vacuumed', ['DELETE FROM vacuumed WHERE id % 2 = 0', 'VACUUM vacuumed'], ROWS / 2],
      ['TRUNCATE', 'truncated', ['TRUNCATE truncated'], 0],
    ])('fails as a whole with a transient error, and succeeds when it is repeated: %s', async (...test) => {
      const [, table, changes, rowsLeft] = test;
      const before = await conflicts();
      const read = reader(await fileOf(await open(), table));
      await read(10_000);
      await until('two connections wait for their reader', async () => (await waitingReaders()) === 2);

      for (const change of changes) await primary.query(change);
      const end = await endOfLog();
      await until('the standby has the changes', () => isPast(end, 'pg_last_wal_receive_lsn'));
      // A connection that waits for its reader may see only then that it is cancelled; until then, replay waits.
      let error: unknown;
      await until('replay goes on', async () => {
        error ??= await read(STEP_BYTES).catch((reason: unknown) => reason);
        return isPast(end, 'pg_last_wal_replay_lsn');
      });
      error ??= await read(Infinity).catch((reason: unknown) => reason);

      expect({ error, isTransient: isDatabaseUnreachable(error) }).toMatchObject({ isTransient: true });
      await noneReads();
      await until('PostgreSQL counts a conflict', async () => (await conflicts()) > before);
      expect((await collect(await fileOf(await open(), table))).recordCount).toBe(rowsLeft);
    });

    it('fails with a transient error if it reads nothing at that moment', async () => {
      const file = await fileOf(await open(), 'waiting');

      await primary.query('TRUNCATE waiting');
      await replayed();

      const error = await collect(file).catch((reason: unknown) => reason);
      expect({ error, isTransient: isDatabaseUnreachable(error) }).toMatchObject({ isTransient: true });
    });
  });

  async function open(environment: Record<string, string> = {}): Promise<SourceView> {
    const config = testConfig({ DATABASE_URL: standbyUrl, EXPORT_PARALLELISM: '2', ...environment });
    const connections = new ExportDatabase(config, new ReadAhead(READ_AHEAD_BYTES, new Pace(null)));
    const over = new AbortController();
    opened.push({ connections, over });
    const source = new PostgresSourceDatabase(connections, new LiveSchema(), RANGE_BYTES);
    return source.open(over.signal, { timeZone: 'UTC', isStreamed: false });
  }

  async function fileOf(view: SourceView, name: string): Promise<RenderedFile> {
    const table = (await view.tables([name])).get(name)!;
    const plan = { table, section: name, columns: table.columns, accessPredicates: [], conditions: [] };
    await view.lockTables([plan]);
    const content: Relations = {
      kind: 'relations',
      takenAt: '2026-01-01T00:00:00.000Z',
      userId: null,
      filters: null,
      relations: [await view.relation(plan, true)],
      warnings: [],
      setting: (setting) => view.setting(setting),
    };
    return new CsvWriter().write(content, {}, () => undefined);
  }

  /** Reads a file on by at least so many bytes, or to its end. */
  function reader({ body }: RenderedFile): (bytes: number) => Promise<void> {
    const chunks = body[Symbol.asyncIterator]();
    return async (bytes) => {
      for (let left = bytes; left > 0;) {
        const { done, value } = await chunks.next();
        if (done) return;
        left -= value.length;
      }
    };
  }

  /** The position of a message that follows all that the primary has written so far. */
  async function endOfLog(): Promise<string> {
    const { rows } = await primary.query<{ lsn: string }>(
      `SELECT pg_logical_emit_message(false, 'test', '', true) AS lsn`,
    );
    return rows[0]!.lsn;
  }

  async function isPast(lsn: string, position: string): Promise<boolean> {
    const { rows } = await standby.query<{ is: boolean }>(`SELECT ${position}() >= $1 AS is`, [lsn]);
    return rows[0]!.is;
  }

  async function replayed(): Promise<void> {
    const end = await endOfLog();
    await until('the standby is up to date', () => isPast(end, 'pg_last_wal_replay_lsn'));
  }

  /** How many transactions of the standby were cancelled by replay. */
  async function conflicts(): Promise<number> {
    const { rows } = await standby.query<{ count: number }>(`
      SELECT (confl_snapshot + confl_lock)::int AS count FROM pg_stat_database_conflicts
      WHERE datname = current_database()`);
    return rows[0]!.count;
  }

  /** How many connections have sent what fits into the buffers between them and their reader. */
  async function waitingReaders(): Promise<number> {
    const { rows } = await standby.query(`
      SELECT FROM pg_stat_activity WHERE application_name LIKE 'export-service-%' AND query LIKE 'COPY%'
        AND (wait_event = 'ClientWrite' OR state = 'idle in transaction')`);
    return rows.length;
  }

  const noneReads = () =>
    until('no transaction is open on the standby', async () => {
      // A transaction that was cancelled has no start, and is open until its client ends it.
      const { rows } = await standby.query(`
        SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
          AND (xact_start IS NOT NULL OR state LIKE 'idle in transaction%')`);
      return rows.length === 0;
    });
});
