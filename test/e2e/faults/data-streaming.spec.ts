import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Client } from '../../support/client';
import { addTableType, addSlowView, runningQueries } from '../../support/data';
import { Installation } from '../../support/installation';
import { OpenResponse } from '../../support/open-response';
import type { Service } from '../../support/service';
import { until } from '../../support/until';

const WITHIN_MS = 2_000;
const MB = 1024 * 1024;
const LEFT = 'The connection was closed before the last row had gone out';

/** When a stream loses its client, its query stops at once and the record says why. */
describe('When rows are streamed', () => {
  let installation: Installation;
  let service: Service;
  let ann: Client;

  beforeAll(async () => {
    ({ installation, service } = await Installation.withService({ EXPORT_LEASE_SECONDS: '3' }));
    const owner = randomUUID();
    ann = await installation.asUser(owner);
    await addSlowView(installation, 'slow_rows', { owner, rows: 100_000, during: 'copy' });
    await addSlowView(installation, 'slow_start', { owner, rows: 1, during: 'copy', milliseconds: 60_000 });
    await installation.sql(
      `CREATE VIEW endless AS
       SELECT n AS id, '${owner}'::uuid AS user_id, repeat('x', 1000) AS filler FROM generate_series(1, 10000000) n`,
    );
    await addTableType(installation, 'endless');
  });

  afterAll(() => installation.remove());

  function stream(table: string): Promise<OpenResponse> {
    return OpenResponse.toPost(ann, '/api/v1/exports', { type: 'realtime', format: 'csv', data_types: [table] });
  }

  function reading(): Promise<unknown> {
    return until('the database reads', async () => (await runningQueries(installation)).length > 0);
  }

  async function expectQueryGone(): Promise<void> {
    await until('the query is gone', async () => (await runningQueries(installation)).length === 0, {
      within: WITHIN_MS,
    });
  }

  async function expectFailed(id: string, reason: string): Promise<void> {
    const record = await ann.reaches(id, 'failed', { within: WITHIN_MS });
    expect(record).toMatchObject({ error: reason, record_count: null, sha256: null, file_url: null });
    expect(await installation.history(id)).toEqual(['export.requested', 'export.failed']);
  }

  it.each(['endless', 'slow_rows'])(
    'and the client disconnects in the middle of %s, the query stops',
    async (table) => {
      const response = await stream(table);
      response.read();
      await until('rows have come', () => response.size > 5_000);

      response.disconnect();

      await expectQueryGone();
      await expectFailed(response.exportId, LEFT);
    },
  );

  it('and the client disconnects before the first row, the query stops', async () => {
    // The head of the answer may go out with its first byte.
    const leaving = new AbortController();
    const answered = fetch(new URL('/api/v1/exports', ann.url), {
      method: 'POST',
      headers: { ...ann.credentials, 'content-type': 'application/json' },
      body: JSON.stringify({ type: 'realtime', format: 'csv', data_types: ['slow_start'] }),
      signal: leaving.signal,
    }).then(
      (response) => response.text(),
      () => 'left',
    );
    answered.catch(() => undefined);
    await reading();

    leaving.abort();

    await expectQueryGone();
    const { body } = await ann.get('/api/v1/exports?limit=1');
    await expectFailed((body.results as { id: string }[])[0]!.id, LEFT);
  });

  it('and the client stops reading, backpressure keeps memory flat', async () => {
    const before = await memoryOf(service);
    const response = await stream('endless');
    response.stopReading();

    await until('PostgreSQL waits', async () =>
      (await runningQueries(installation)).some(({ waits_for: wait }) => wait === 'ClientWrite'),
    );
    const memory = await largestMemoryOf(service, 1_500);
    const waiting = await runningQueries(installation);
    response.disconnect();

    expect(waiting).toMatchObject([{ waits_for: 'ClientWrite' }]);
    expect(memory - before).toBeLessThan(64 * MB);
    await expectQueryGone();
    await expectFailed(response.exportId, LEFT);
  });

  it('many times to clients that disconnect, no connection leaks', async () => {
    for (let turn = 0; turn < 16; turn += 1) {
      const response = await stream('endless');
      response.disconnect();
      await expectQueryGone();
    }

    const last = await stream('endless');
    last.read();
    await until('rows have come', () => last.size > MB);
    last.disconnect();
    await expectFailed(last.exportId, LEFT);
  });

  it.each(['endless', 'slow_rows', 'slow_start'])(
    'and the export of %s is cancelled, the client gets an error',
    async (table) => {
      const response = await stream(table);
      response.read();
      await reading();

      const { body } = await ann.delete(`/api/v1/exports/${response.exportId}`);

      expect(body).toMatchObject({ id: response.exportId, status: 'cancelled' });
      expect(await response.end).not.toBe('whole');
      await expectQueryGone();
      expect(await ann.status(response.exportId)).toMatchObject({ status: 'cancelled', error: null, sha256: null });
      expect(await installation.history(response.exportId)).toEqual(['export.requested', 'export.cancelled']);
    },
  );

  it('and the export is cancelled while the client does not read, the query stops', async () => {
    const response = await stream('endless');
    response.stopReading();
    await reading();

    await ann.delete(`/api/v1/exports/${response.exportId}`);

    await expectQueryGone();
    response.read();
    expect(await response.end).not.toBe('whole');
  });

  it('and the process is killed, the sweep of another process fails the record', async () => {
    await installation.start({ ROLE: 'worker' });
    const response = await stream('slow_rows');
    response.read();
    await until('rows have come', () => response.size > 5_000);
    const { exportId } = response;

    await service.kill('SIGKILL');
    ann = await installation.asUser(await ownerOf(exportId), {
      at: await installation.startApplication({ ROLE: 'api' }),
    });
    const record = await ann.finished(exportId, { within: 20_000 });

    expect(await response.end).not.toBe('whole');
    expect(record).toMatchObject({
      status: 'failed',
      error: 'The service stopped while the rows went out. Ask for them again.',
    });
    expect(await installation.history(exportId)).toEqual(['export.requested', 'export.failed']);
    await expectQueryGone();
  });

  async function ownerOf(exportId: string): Promise<string> {
    const [row] = await installation.sql<{ user_id: string }>('SELECT user_id FROM exports WHERE id = $1', exportId);
    return row!.user_id;
  }
});

async function memoryOf({ processId }: Service): Promise<number> {
  const [, kilobytes] = /VmRSS:\s+(\d+) kB/.exec(await readFile(`/proc/${processId}/status`, 'utf8'))!;
  return Number(kilobytes) * 1024;
}

async function largestMemoryOf(service: Service, milliseconds: number): Promise<number> {
  const until = Date.now() + milliseconds;
  let largest = 0;
  while (Date.now() < until) largest = Math.max(largest, await memoryOf(service));
  return largest;
}
