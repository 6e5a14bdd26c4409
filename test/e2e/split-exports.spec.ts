import { randomUUID } from 'node:crypto';
import { type Client, type ExportRecord, follow } from '../support/client';
import { addTableType, requestRows } from '../support/data';
import { expectExactlyOneFile, expectStored, TAKEN_OVER } from '../support/exactly-one-file';
import { Installation } from '../support/installation';
import type { Environment, Service } from '../support/service';
import { until } from '../support/until';

/** About 2 KB each, so that the table has five ranges. */
const ROWS = 20_000;
const SMALL_ROWS = 4_000;
/** Rows a second that leave time to strike while the table is read. */
const SLOW = { EXPORT_PACE: '4000rows' };
const FAST = {};
const WITHIN_MS = 2_000;

describe('An export of a large table', () => {
  const owner = randomUUID();
  let installation: Installation;
  let ann: Client;
  let worker: Service | undefined;
  let workerSettings: Environment | undefined;

  beforeAll(async () => {
    installation = await Installation.create({
      STORAGE: 'disk',
      EXPORT_LEASE_SECONDS: '3',
      EXPORT_PARALLELISM: '2',
      EXPORT_THREADS: '2',
    });
    ann = await installation.asUser(owner, { at: await installation.startApplication({ ROLE: 'api' }) });
    await addTable('large', ROWS);
    await installation.sql('CREATE UNIQUE INDEX ON large (id); ANALYZE large');
    await addTable('small', SMALL_ROWS);
    await addTable('tiny', 1);
  });

  afterEach(() => noneReads());

  afterAll(() => installation.remove());

  async function addTable(name: string, rows: number): Promise<void> {
    await installation.sql(`
      CREATE TABLE ${name} AS SELECT n AS id, '${owner}'::uuid AS user_id,
        (SELECT string_agg(md5((n * m)::text), '') FROM generate_series(1, 60) AS m) AS text
      FROM generate_series(1, ${rows}) AS n`);
    await addTableType(installation, name);
  }

  /** The only worker: the one that the test before left running, if it has the same settings. */
  async function workerWith(settings: Environment): Promise<Service> {
    if (worker?.isRunning && settings === workerSettings) return worker;
    await worker?.kill('SIGKILL');
    workerSettings = settings;
    return (worker = await installation.start({ ROLE: 'worker', ...settings }));
  }

  const readers = () =>
    installation.sql(
      `SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE '%-reader'
         AND xact_start IS NOT NULL`,
    );

  const noneReads = (within?: number) =>
    until('no transaction is open', async () => (await readers()).length === 0, within ? { within } : {});

  async function requestAndSplit(): Promise<string> {
    const id = await requestRows(ann, 'large');
    await until('two connections read, and rows are reported', async () => {
      return (await ann.status(id)).progress.done > 0 && (await readers()).length === 2;
    });
    return id;
  }

  async function expectWhole(id: string): Promise<void> {
    const done = await expectExactlyOneFile(installation, ann, id);
    const [, ...rows] = (await follow(done.file_url)).text.trimEnd().split('\n');
    expect(rows.map((row) => Number(row.split(',')[0]))).toEqual(Array.from({ length: ROWS }, (_, at) => at + 1));
  }

  it('ends both connections when it is cancelled', async () => {
    await workerWith(SLOW);
    const id = await requestAndSplit();

    const { status, body } = await ann.delete(`/api/v1/exports/${id}/`);

    expect({ status, body }).toMatchObject({ status: 200, body: { status: 'cancelled', file_url: null } });
    await noneReads(WITHIN_MS);
    await expectStored(installation, id, []);
  });

  it('is completed by another worker when one is killed', async () => {
    const killed = await workerWith(SLOW);
    const id = await requestAndSplit();

    await killed.kill('SIGKILL');
    await noneReads();
    await workerWith(FAST);

    await expectWhole(id);
    expect(await installation.history(id)).toEqual(TAKEN_OVER);
  });

  it('says through how many connections and ranges the rows were read', async () => {
    await workerWith(FAST);

    const split = await ann.finished(await requestRows(ann, 'large'));
    const { body } = await ann.post('/api/v1/exports', {
      type: 'partial',
      format: 'csv',
      data_types: ['large'],
      filters: { large: { id: 7 } },
    });
    const indexed = await ann.finished((body as ExportRecord).id);

    expect(split).toMatchObject({ record_count: ROWS, read: { connections: 2, ranges: expect.any(Number) } });
    expect((split as unknown as { read: { ranges: number } }).read.ranges).toBeGreaterThan(2);
    expect(indexed).toMatchObject({ record_count: 1, read: { connections: 1, ranges: 1 } });
  });

  it('is read no faster than EXPORT_PACE, beside another one in another thread', async () => {
    await workerWith({ EXPORT_PACE: `${SMALL_ROWS / 2}rows` });
    // The time in which a thread starts would hide that it keeps to a pace of its own.
    await ann.finished(await requestRows(ann, 'tiny'));

    const ids = [await requestRows(ann, 'small'), await requestRows(ann, 'small')];
    const records = [await ann.finished(ids[0]!), await ann.finished(ids[1]!)];

    const times = (at: 'started_at' | 'completed_at') => records.map((record) => Date.parse(record[at]!));
    // Together they have as many rows as four seconds allow. A pace for each thread would take two seconds.
    expect(Math.max(...times('completed_at')) - Math.min(...times('started_at'))).toBeGreaterThan(3_600);
    expect(records.map(({ record_count }) => record_count)).toEqual([SMALL_ROWS, SMALL_ROWS]);
  });

  it('fails permanently when its snapshot is too old', async () => {
    await workerWith({ ...SLOW, EXPORT_MAX_SNAPSHOT_MINUTES: '0.02' });
    const id = await requestRows(ann, 'large');

    const failed = await ann.finished(id);

    expect(failed).toMatchObject({ status: 'failed', error_code: 'snapshot-too-old', file_url: null, read: null });
    expect(await installation.history(id)).toEqual(['export.requested', 'export.started', 'export.failed']);
    await expectStored(installation, id, []);
  });
});
