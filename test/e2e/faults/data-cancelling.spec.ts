import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '../../support/client';
import { addTableType, addSlowView, runningQueries, requestRows } from '../../support/data';
import { expectStored } from '../../support/exactly-one-file';
import { Installation } from '../../support/installation';
import { scaledBeside, timeOf } from '../../support/machine';
import { until } from '../../support/until';

const WITHIN_MS = 2_000;
const CONCURRENCY = 2;
/** As many as would use up every connection for reading, were one lost each time. */
const IN_A_ROW = 16;

/** A long read is cancelled: the database stops, nothing is left, and the worker is free for others. */
describe('When an export of rows is cancelled', () => {
  let installation: Installation;
  let ann: Client;

  beforeAll(async () => {
    installation = await Installation.create({ STORAGE: 'disk', EXPORT_CONCURRENCY: String(CONCURRENCY) });
    const owner = randomUUID();
    ann = await installation.asUser(owner, { at: await installation.startApplication({ ROLE: 'api' }) });
    await installation.start({ ROLE: 'worker' });
    await addSlowView(installation, 'slow_count', { owner, rows: 100_000, during: 'count' });
    await addSlowView(installation, 'slow_rows', { owner, rows: 100_000, during: 'copy' });
    await installation.sql(
      `CREATE VIEW quick AS SELECT n AS id, '${owner}'::uuid AS user_id FROM generate_series(1, 50000) n`,
    );
    await addTableType(installation, 'quick');
  });

  afterAll(() => installation.remove());

  async function cancel(id: string): Promise<void> {
    const usual = await timeOf(() => ann.status(id));
    const startedAt = performance.now();
    const { status, body } = await ann.delete(`/api/v1/exports/${id}/`);
    expect(performance.now() - startedAt).toBeLessThan(scaledBeside(WITHIN_MS, usual));
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'cancelled', file_url: null });
  }

  async function expectNothingLeft(id: string): Promise<void> {
    await until('the query is gone', async () => (await runningQueries(installation)).length === 0, {
      within: WITHIN_MS,
    });
    await expectStored(installation, id, []);
    expect(await ann.status(id)).toMatchObject({ status: 'cancelled', file_url: null, record_count: null });
    expect(await installation.history(id)).toEqual(['export.requested', 'export.started', 'export.cancelled']);
  }

  async function expectWorkerServes(): Promise<void> {
    const served = await ann.finished(await requestRows(ann, 'quick'), { within: 10_000 });
    expect(served).toMatchObject({ status: 'completed', record_count: 50_000 });
  }

  it('while rows are counted, the count stops', async () => {
    const id = await requestRows(ann, 'slow_count');
    await until('rows are counted', async () => (await runningQueries(installation)).length > 0);

    await cancel(id);

    await expectNothingLeft(id);
    await expectWorkerServes();
  });

  it('while rows are read and uploaded, both stop', async () => {
    const id = await requestRows(ann, 'slow_rows');
    const seen = await until('rows are told', async () => {
      const record = await ann.status(id);
      return record.progress.done > 0 && record;
    });
    const files = await installation.storedFiles();

    await cancel(id);

    expect(seen.progress).toMatchObject({ total: 100_000, unit: 'rows' });
    expect(files.filter((file) => file.startsWith(`.uploads/exports/${id}/`))).toHaveLength(1);
    await expectNothingLeft(id);
    await expectWorkerServes();
  });

  it('in the middle of a zip, no part of it remains', async () => {
    const id = await requestRows(ann, 'quick', 'slow_rows');
    await until('the second table is read', async () => (await ann.status(id)).progress.done > 50_000);

    await cancel(id);

    await expectNothingLeft(id);
    await expectWorkerServes();
  });

  it('many times in a row, no connection leaks', async () => {
    for (let turn = 0; turn < IN_A_ROW; turn += 1) {
      const id = await requestRows(ann, turn % 2 ? 'slow_rows' : 'slow_count');
      await until('the database reads', async () => (await runningQueries(installation)).length > 0, { every: 10 });
      await cancel(id);
      await until('the query is gone', async () => (await runningQueries(installation)).length === 0);
    }

    await expectWorkerServes();
    // The last of them may still be closing its snapshot.
    await until('no connection is left in a transaction', async () => {
      const left = await installation.sql(`SELECT FROM pg_stat_activity WHERE state = 'idle in transaction'`);
      return left.length === 0;
    });
  });

  it('at any moment, no file remains', async () => {
    const ends = await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        const id = await requestRows(ann, 'quick');
        await pause(index * 15);
        const { body } = await ann.delete(`/api/v1/exports/${id}/`);
        return { id, status: (body as { status: string }).status };
      }),
    );

    for (const { id, status } of ends) {
      expect(['cancelled', 'expired']).toContain(status);
      await expectStored(installation, id, []);
      expect(await ann.status(id)).toMatchObject({ status, file_url: null });
    }
    await expectWorkerServes();
  });
});
