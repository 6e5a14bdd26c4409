import { randomUUID } from 'node:crypto';
import { type Client, follow } from '../../support/client';
import { addSlowView, runningQueries, requestRows } from '../../support/data';
import { expectExactlyOneFile, TAKEN_OVER } from '../../support/exactly-one-file';
import { Installation } from '../../support/installation';
import { PostgresServer } from '../../support/postgres-server';
import type { Service } from '../../support/service';
import { until } from '../../support/until';

const ROWS = 1_200;

/** Reading takes some seconds, long enough to strike in the middle of it. */
describe('An export of rows completes', () => {
  let installation: Installation;
  let worker: Service;
  let ann: Client;

  beforeAll(async () => {
    installation = await Installation.create({
      STORAGE: 'disk',
      EXPORT_LEASE_SECONDS: '3',
      // `parts` proves the same of rows that threads read.
      EXPORT_THREADS: '0',
    });
    const owner = randomUUID();
    ann = await installation.asUser(owner, { at: await installation.startApplication({ ROLE: 'api' }) });
    await addSlowView(installation, 'slow_rows', { owner, rows: ROWS, during: 'copy' });
  });

  beforeEach(async () => {
    worker = await installation.worker();
  });

  afterEach(() => installation.keepOne());

  afterAll(() => installation.remove());

  async function requestAndRead(): Promise<string> {
    const id = await requestRows(ann, 'slow_rows');
    await until('rows are read and uploaded', async () => {
      const isUploading = (await installation.storedFiles()).some((file) => file.startsWith(`.uploads/exports/${id}/`));
      return isUploading && (await runningQueries(installation)).some(({ query }) => query.startsWith('COPY'));
    });
    return id;
  }

  it('when the worker is killed halfway', async () => {
    const id = await requestAndRead();

    await worker.kill('SIGKILL');
    await installation.startSuccessor();

    await expectWholeFile(installation, ann, id);
    expect(await installation.history(id)).toEqual(TAKEN_OVER);
  });

  it('when the worker is paused past its lease, and publishes nothing after it resumes', async () => {
    const id = await requestAndRead();

    worker.pause();
    await installation.startSuccessor();
    await expectWholeFile(installation, ann, id);
    worker.resume();
    await until('the first worker has heard of it', () =>
      worker.log.some(({ message, export_id }) => export_id === id && /taken over|taken away/.test(message)),
    );

    await expectWholeFile(installation, ann, id);
    expect(await installation.history(id)).toEqual(TAKEN_OVER);
    expect(await runningQueries(installation)).toEqual([]);
    expect(worker.isRunning).toBe(true);
  });

  it('when the worker shuts down, without waiting for its lease', async () => {
    const id = await requestAndRead();

    await worker.kill('SIGTERM');
    await installation.startSuccessor();

    await expectWholeFile(installation, ann, id);
    expect((await installation.history(id)).filter((step) => step === 'export.attempt-lost')).toEqual([]);
  });

  it('when the database terminates the reading connection', async () => {
    const id = await requestAndRead();

    await installation.sql(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND application_name LIKE '%-reader' AND query LIKE 'COPY%'`,
    );

    await expectWholeFile(installation, ann, id);
    expect(await installation.history(id)).toContain('export.attempt-failed');
  });
});

describe('When PostgreSQL restarts in the middle of a read', () => {
  let postgres: PostgresServer;
  let installation: Installation;

  beforeAll(async () => {
    postgres = await PostgresServer.migrated();
    installation = await Installation.on(postgres.url, { STORAGE: 'disk', EXPORT_LEASE_SECONDS: '3' });
  });

  afterAll(async () => {
    await installation.remove();
    await postgres.remove();
  });

  it('the export is retried and the file is complete', async () => {
    const owner = randomUUID();
    const service = await installation.start();
    const ann = await installation.asUser(owner);
    await addSlowView(installation, 'slow_rows', { owner, rows: ROWS, during: 'copy' });
    const id = await requestRows(ann, 'slow_rows');
    await until('rows are read', async () => (await runningQueries(installation)).length > 0);

    await postgres.stop();
    await postgres.start();
    await service.ready();
    await installation.reconnect();

    await expectWholeFile(installation, ann, id);
    expect((await installation.history(id)).filter((step) => step === 'export.started').length).toBeGreaterThan(1);
    expect(service.isRunning).toBe(true);
  });
});

async function expectWholeFile(installation: Installation, owner: Client, id: string): Promise<void> {
  const done = await expectExactlyOneFile(installation, owner, id);
  expect(done.record_count).toBe(ROWS);
  const [, ...rows] = (await follow(done.file_url)).text.trimEnd().split('\n');
  expect(rows.map((row) => Number(row.split(',')[0]))).toEqual(Array.from({ length: ROWS }, (_, index) => index + 1));
}
