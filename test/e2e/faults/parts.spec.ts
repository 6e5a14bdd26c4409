import { rename, rm, writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { Pool } from 'pg';
import { type Client, follow, sha256 } from '../../support/client';
import { addTableType, requestTables, runningQueries } from '../../support/data';
import { expectStored, TAKEN_OVER } from '../../support/exactly-one-file';
import { Installation } from '../../support/installation';
import { downloadParts, findDifferences, listParts } from '../../support/parts';
import type { Service } from '../../support/service';
import { type Stall, stallUpdates } from '../../support/stall';
import { until } from '../../support/until';

const ROWS = 9_000;
const PARTS = 6;
const LEASE_SECONDS = 3;
/** Each part takes two thirds of a second, long enough to strike in the middle of it. */
const PACE = `${(1.5 * ROWS) / PARTS}rows`;
/** How an attempt at a part ends that another process has made: it lost its lease, or found the snapshot gone before that. */
const IN_VAIN: readonly unknown[] = ['export.part_lost', 'export.part_not_readable', 'export.part_attempt_failed'];
/** Milliseconds between the changes of a program that writes: many during each part, but the table does not become larger. */
const WRITES_EVERY_MS = 10;
/** An export takes several seconds. */
const END = { within: 90_000, every: 300 };
const UNDISTURBED = ['export.requested', 'export.started', 'export.completed'];

jest.setTimeout(150_000);

interface PartRow {
  readonly number: number;
  readonly status: string;
  readonly attempts: number;
}

/** One worker leads, and another one helps. A fault of either leaves no part missing or doubled, and one manifest. */
describe('An export of several files is complete', () => {
  let installation: Installation;
  let admin: Client;
  let leader: Service;
  let helper: Service;

  beforeAll(async () => {
    installation = await Installation.create({
      STORAGE: 'disk',
      EXPORT_LEASE_SECONDS: String(LEASE_SECONDS),
      EXPORT_CONCURRENCY: '1',
      EXPORT_PACE: PACE,
    });
    admin = await installation.asUser('root', {
      roles: ['admin'],
      at: await installation.startApplication({ ROLE: 'api' }),
    });
    await installation.sql(
      `CREATE TABLE notes AS SELECT n AS id, md5(n::text) AS text, repeat('x', n % 90) AS more FROM generate_series(1, ${ROWS}) AS n`,
    );
    await addTableType(installation, 'notes', { owner: null });
  });

  // Those that the tests before left running, which have nothing to do.
  beforeEach(async () => {
    const left = installation.services.filter(({ isRunning }) => isRunning);
    const worker = (index: number) => left[index] ?? installation.start({ ROLE: 'worker' });
    [leader, helper] = await Promise.all([worker(0), worker(1)]);
  });

  afterEach(() => {
    // A test that failed may have left them paused.
    for (const worker of [leader, helper]) worker.resume();
  });

  afterAll(() => installation.remove());

  const partsOf = (id: string) =>
    installation.sql<PartRow>(
      'SELECT number, status, attempts FROM export_parts WHERE export_id = $1 ORDER BY number',
      id,
    );

  const countOf = async (id: string, status: string) =>
    (await partsOf(id)).filter((part) => part.status === status).length;

  /** An export of which a worker makes a part. */
  async function begin(): Promise<string> {
    const id = await requestTables(admin, { tables: ['notes'], options: { parts: PARTS } });
    await until('a worker makes a part', async () => (await countOf(id, 'running')) > 0);
    return id;
  }

  /** An export of which the leader and the helper make parts. */
  async function beginWithHelper(): Promise<string> {
    helper.pause();
    const id = await begin();
    helper.resume();
    await until('both make parts', async () => (await countOf(id, 'running')) === 2);
    return id;
  }

  /** What a worker logged about an export. */
  const eventsOf = ({ log }: Service, id: string) =>
    log.filter(({ export_id }) => export_id === id).map(({ event }) => event);

  /** Every row once, one manifest that names the files, and nothing else in storage. */
  async function expectComplete(id: string, table = 'notes'): Promise<void> {
    const done = await admin.finished(id, END);
    expect(done).toMatchObject({ status: 'completed', error: null });
    const files = await downloadParts(admin, id);
    expect(await findDifferences(installation, table, files)).toEqual([]);
    const parts = await listParts(admin, id);
    expect(files.map((file) => sha256(file))).toEqual(parts.map((part) => part.sha256));
    const { bytes } = await admin.get(`/api/v1/exports/${id}/manifest`);
    expect(sha256(bytes)).toBe(done.sha256);
    expect((await follow(done.file_url)).bytes.length).toBe(done.file_size);
    const keys = await installation.sql<{ key: string }>(
      'SELECT storage_key AS key FROM export_files WHERE export_id = $1 ORDER BY 1',
      id,
    );
    await expectStored(
      installation,
      id,
      keys.map(({ key }) => key),
    );
    expect((await installation.history(id)).filter((step) => step === 'export.completed')).toHaveLength(1);
    expect(await partsOf(id)).toEqual([]);
  }

  it('when several workers make it while others write', async () => {
    const id = await beginWithHelper();
    const [{ snapshot } = { snapshot: '' }] = await installation.sql<{ snapshot: string }>(
      `SELECT snapshot ->> 'id' AS snapshot FROM export_parts WHERE export_id = $1`,
      id,
    );
    // What the table was at the moment of the export, by another program.
    await installation.sql('BEGIN ISOLATION LEVEL REPEATABLE READ');
    await installation.sql(`SET TRANSACTION SNAPSHOT '${snapshot}'`);
    await installation.sql('CREATE TABLE notes_then AS TABLE notes');
    await installation.sql('COMMIT');
    const writers = new Pool({ connectionString: installation.database.url, max: 2 });
    const writing = new AbortController();
    const write = async () => {
      while (!writing.signal.aborted) {
        await writers.query(`UPDATE notes SET text = text || '!' WHERE id = 1 + floor(random() * ${ROWS})`);
        await writers.query('DELETE FROM notes WHERE ctid = (SELECT ctid FROM notes LIMIT 1)');
        await writers.query(`INSERT INTO notes SELECT id + ${ROWS}, text, more FROM notes LIMIT 2`);
        await pause(WRITES_EVERY_MS);
      }
    };
    const writes = Promise.all([write(), write()]);

    await admin.finished(id, END);
    writing.abort();
    await writes;
    await writers.end();

    await expectComplete(id, 'notes_then');
    expect(await installation.history(id)).toEqual(UNDISTURBED);
    const steps = [leader, helper].map((worker) => eventsOf(worker, id));
    const completed = 'export.part_completed';
    expect(steps.flat().filter((event) => event === completed)).toHaveLength(PARTS);
    expect(steps).toEqual([expect.arrayContaining([completed]), expect.arrayContaining([completed])]);
  });

  it('when a helper is killed while it reads a part', async () => {
    const id = await beginWithHelper();

    await helper.kill('SIGKILL');

    await expectComplete(id);
    expect(await installation.history(id)).toEqual(UNDISTURBED);
  });

  it('when a helper is killed between upload and finish', async () => {
    const stall = await stallUpdates(installation, `OLD.status = 'running' AND NEW.status = 'done'`, 'export_parts');
    const id = await beginWithHelper();
    await until('both have stored a part', async () => {
      const stored = (await installation.storedFiles()).filter((file) => file.startsWith(`exports/${id}/`));
      return stored.length >= 2 && (await countOf(id, 'running')) === 2;
    });

    await helper.kill('SIGKILL');
    await stall.release();

    await expectComplete(id);
    expect(await installation.history(id)).toEqual(UNDISTURBED);
  });

  it('when a helper is paused past its lease, and finishes nothing after it resumes', async () => {
    const id = await beginWithHelper();

    helper.pause();
    await expectComplete(id);
    helper.resume();
    await until('the helper has heard of it', () => eventsOf(helper, id).some((event) => IN_VAIN.includes(event)));

    await expectComplete(id);
    expect(helper.isRunning).toBe(true);
    expect(await installation.history(id)).toEqual(UNDISTURBED);
  });

  it('when a helper shuts down', async () => {
    const id = await beginWithHelper();

    await helper.kill('SIGTERM');

    await expectComplete(id);
  });

  it('when the storage is away while parts are stored', async () => {
    const id = await beginWithHelper();

    await rename(installation.storageFolder, `${installation.storageFolder}.away`);
    await writeFile(installation.storageFolder, 'not a folder');
    await until('a part has failed', async () => {
      return (await partsOf(id)).some(({ attempts, status }) => attempts > 0 && status === 'waiting');
    });
    await rm(installation.storageFolder);
    await rename(`${installation.storageFolder}.away`, installation.storageFolder);

    await expectComplete(id);
  });

  it.each<[string, (id: string) => Promise<Stall | null>]>([
    ['while parts are read', () => Promise.resolve(null)],
    ['between its last part and the manifest', (id) => stallAt(id, `NEW.status = 'completed'`)],
  ])('when the leader is killed %s', async (_, strikeAt) => {
    const id = await beginWithHelper();
    const stall = await strikeAt(id);

    await leader.kill('SIGKILL');
    await stall?.release();

    await expectComplete(id);
    expect(await installation.history(id)).toEqual(TAKEN_OVER);
  });

  async function stallAt(id: string, condition: string): Promise<Stall> {
    const stall = await stallUpdates(installation, condition);
    await until('all parts are done', async () => (await countOf(id, 'done')) === PARTS, { within: 60_000 });
    await until('the leader publishes', async () => {
      const waiting = await installation.sql(`SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted`);
      return waiting.length > 0;
    });
    return stall;
  }

  it('when the leader is killed before it makes a part', async () => {
    const stall = await stallUpdates(installation, `NEW.status = 'running'`, 'export_parts');
    helper.pause();
    const id = await requestTables(admin, { tables: ['notes'], options: { parts: PARTS } });
    await until('the parts are planned', async () => (await countOf(id, 'waiting')) === PARTS);

    await leader.kill('SIGKILL');
    await stall.release();
    helper.resume();

    await expectComplete(id);
    expect(await installation.history(id)).toEqual(TAKEN_OVER);
  });

  it('when the leader is paused past its lease, and publishes nothing after it resumes', async () => {
    const id = await beginWithHelper();

    leader.pause();
    await expectComplete(id);
    leader.resume();
    await until('the first leader has heard of it', () =>
      leader.log.some(({ message, export_id }) => export_id === id && /taken over|taken away/.test(message)),
    );

    await expectComplete(id);
    expect(leader.isRunning).toBe(true);
  });

  it('when the connection that holds the snapshot is terminated', async () => {
    const id = await beginWithHelper();

    await installation.sql(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND application_name LIKE '%-reader' AND state = 'idle in transaction'`,
    );

    await expectComplete(id);
    expect(await installation.history(id)).toContain('export.attempt-failed');
  });

  it('but when it is cancelled, all work on it ends within two seconds, and nothing remains', async () => {
    const id = await beginWithHelper();

    await admin.delete(`/api/v1/exports/${id}`);

    await until('no worker reads', async () => (await runningQueries(installation)).length === 0, { within: 2_000 });
    await expectStored(installation, id, []);
    expect(await admin.status(id)).toMatchObject({ status: 'cancelled', record_count: null });
    expect(leader.isRunning).toBe(true);
  });
});
