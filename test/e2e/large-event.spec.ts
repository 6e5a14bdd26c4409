import { readFile } from 'node:fs/promises';
import { type Client, type ExportRecord, follow } from '../support/client';
import { insertEvent, type InsertedEvent, insertParticipants, takeOut } from '../support/events';
import { expectExactlyOneFile, TAKEN_OVER } from '../support/exactly-one-file';
import { Installation } from '../support/installation';
import type { Service } from '../support/service';
import { stallUpdates } from '../support/stall';
import { until } from '../support/until';

const MB = 1_000_000;
const PARTICIPANTS = 20_000;
const FEWER_PARTICIPANTS = 5_000;
/** Twice so many megabytes. */
const ESSAYS = 80;

/** What a service needs for the file, the writer and the reader together, however many rows there are. */
const FLAT = 150 * MB;

describe('The results of a large event', () => {
  let installation: Installation;
  let ann: Client;
  let large: InsertedEvent;
  let worker: Service;
  /** What the worker needs before its first large event. */
  let warm: number;
  const sql = (statement: string, ...values: unknown[]) => installation.sql(statement, ...values);

  beforeAll(async () => {
    installation = await Installation.create({ STORAGE: 'disk', EXPORT_LEASE_SECONDS: '3' });
    ann = await installation.asUser('ann', { at: await installation.startApplication({ ROLE: 'api' }) });
    large = await insertEvent(sql, { questions: [{}, {}, {}, {}, {}] });
    await insertParticipants(sql, large, PARTICIPANTS, { answerLength: 1_000 });
    // With much free memory, V8 grows its heap instead of collecting garbage.
    worker = await installation.start({ ROLE: 'worker', NODE_OPTIONS: '--max-old-space-size=128' });
    // The first export of a process loads what every other one uses.
    await ann.finished(await takeOut(ann, (await insertEvent(sql)).id));
    warm = await memoryOf(worker, 'VmRSS');
  });

  afterEach(() => installation.keepOne());

  afterAll(() => installation.remove());

  /** @returns the finished export, and by how many bytes the worker has grown at its highest since it was warm */
  async function measured(event: InsertedEvent): Promise<{ done: ExportRecord; growth: number }> {
    const done = await ann.finished(await takeOut(ann, event.id));
    return { done, growth: (await memoryOf(worker, 'VmHWM')) - warm };
  }

  it('need no more memory than those of a small event', async () => {
    const { done, growth } = await measured(large);

    expect(done).toMatchObject({ status: 'completed', record_count: PARTICIPANTS });
    expect(done.file_size).toBeGreaterThan(100 * MB);
    expect(growth).toBeLessThan(FLAT);
  });

  it('need no more memory for answers of a million characters', async () => {
    const essays = await insertEvent(sql, { questions: [{}, {}] });
    await insertParticipants(sql, essays, ESSAYS, { answerLength: MB });

    const { done, growth } = await measured(essays);

    expect(done).toMatchObject({ status: 'completed', record_count: ESSAYS });
    expect(done.file_size).toBeGreaterThan(2 * ESSAYS * MB);
    expect(growth).toBeLessThan(FLAT);
  });

  it('are complete after the worker was killed halfway', async () => {
    const event = await insertEvent(sql, { questions: [{}, {}, {}, {}, {}] });
    await insertParticipants(sql, event, FEWER_PARTICIPANTS, { answerLength: 1_000 });
    // A worker that is faster than this test must not come to its end.
    const publishing = await stallUpdates(installation, `NEW.status = 'completed'`);
    const id = await takeOut(ann, event.id, { options: { header: 'keys' } });
    await until('rows are uploaded', async () => (await ann.status(id)).progress.done > 0, { every: 5 });

    await worker.kill('SIGKILL');
    expect((await ann.status(id)).status).toBe('processing');
    await publishing.release();
    await installation.start({ ROLE: 'worker' });

    const done = await expectExactlyOneFile(installation, ann, id);
    const [, ...rows] = (await follow(done.file_url)).text.trimEnd().split('\n');
    const names = rows.map((row) => row.split(',')[1]);
    expect(names).toEqual(
      Array.from({ length: FEWER_PARTICIPANTS }, (_, n) => `Person ${String(n + 1).padStart(7, '0')}`),
    );
    expect(await installation.history(id)).toEqual(TAKEN_OVER);
  });

  it('stop within two seconds when the export is cancelled, and so does the query', async () => {
    await installation.worker();
    const id = await takeOut(ann, large.id);
    await until('rows are uploaded', async () => (await ann.status(id)).progress.done > 0, { every: 5 });

    await ann.delete(`/api/v1/exports/${id}`);

    await until('nobody reads', async () => (await readersOf(installation)) === 0, { within: 2_000 });
    expect((await ann.status(id)).status).toBe('cancelled');
    await until(
      'nothing is stored',
      async () => !(await installation.storedFiles()).some((path) => path.includes(id)),
      { within: 2_000 },
    );
  });
});

/** How many hold a snapshot for an export. */
async function readersOf(installation: Installation): Promise<number> {
  const readers = await installation.sql(
    `SELECT FROM pg_stat_activity
     WHERE datname = current_database() AND application_name LIKE '%-reader' AND xact_start IS NOT NULL`,
  );
  return readers.length;
}

async function memoryOf({ processId }: Service, what: 'VmRSS' | 'VmHWM'): Promise<number> {
  const status = await readFile(`/proc/${processId}/status`, 'utf8');
  return Number(new RegExp(`${what}:\\s+(\\d+) kB`).exec(status)![1]) * 1024;
}
