import { randomUUID } from 'node:crypto';
import type { Application } from '../support/application';
import { noteBoard } from '../support/boards';
import { type Client, follow } from '../support/client';
import type { CustomerClient } from '../support/customers';
import { Installation } from '../support/installation';
import { scaledBeside, timeOf } from '../support/machine';
import { metricsOf, total } from '../support/metrics';
import { PostgresServer } from '../support/postgres-server';
import type { Service } from '../support/service';
import { stallReads } from '../support/stall';
import { until } from '../support/until';

const ANN = '00000000-0000-7000-8000-0000000000aa';

describe('Prometheus metrics', () => {
  let installation: Installation;
  let application: Application;
  let ann: Client;
  let partner: CustomerClient;

  beforeAll(async () => {
    ({ installation, application } = await Installation.withApplication({ EXPORT_LEASE_SECONDS: '3' }));
    ann = await installation.asUser(ANN);
    partner = await installation.asCustomer();
  });

  afterAll(() => installation.remove());

  const seen = (series: string) => total(series, application);
  const reaches = (series: string, value: number) =>
    until(`${series} is ${value}`, async () => (await seen(series)) === value, { every: 50 });

  async function completed(
    format = 'json',
  ): Promise<{ id: string; file_url: string | null; file_size: number | null }> {
    return ann.finished((await ann.requestExport(await ann.saveBoard(noteBoard()), format)).id);
  }

  it('count exports by outcome, with duration and size', async () => {
    const { file_size: size } = await completed();

    const of = '{kind="board",format="json"}';
    expect(await seen('exports_total{kind="board",format="json",outcome="completed"}')).toBe(1);
    expect(await seen(`export_duration_seconds_count${of}`)).toBe(1);
    expect(await seen(`export_duration_seconds_bucket{le="10",kind="board",format="json"}`)).toBe(1);
    expect(await seen(`export_bytes_total${of}`)).toBe(size);
    expect(await seen('export_attempts_total{outcome="completed"}')).toBe(1);
  });

  it('count streamed rows', async () => {
    await ann.post('/api/v1/exports', { type: 'realtime', format: 'ndjson' });

    await reaches('exports_total{kind="data",format="ndjson",outcome="completed"}', 1);
    expect(await seen('export_rows_total{kind="data",format="ndjson"}')).toBe(0);
    expect(await metricsOf(application)).toContain('export_rows_total{kind="data",format="ndjson"} 0');
  });

  it('count uploaded pictures that replace a drawing', async () => {
    const { id } = await completed('png');
    const { bytes } = await ann.get(`/api/v1/exports/${id}/download`);
    const waiting = await waitingExport();

    await ann.put(`/api/v1/exports/${waiting}/content`, bytes, { 'content-type': 'image/png' });
    await ann.put(`/api/v1/exports/${waiting}/content`, bytes, { 'content-type': 'image/png' });

    expect(await seen('exports_total{kind="board",format="png",outcome="completed"}')).toBe(2);
    expect(await seen('export_duration_seconds_count{kind="board",format="png"}')).toBe(1);
  });

  it('count downloads by the credentials of the client', async () => {
    const { id, file_url: link } = await completed();
    const lesson = await partner.requestExport(await partner.startSession('ada'), 'json');
    await partner.finished(lesson.id);
    const [byToken] = [await seen('export_downloads_total{way="token"}')];

    await ann.get(`/api/v1/exports/${id}/download`);
    await follow(link);
    await follow(link, { range: 'bytes=0-1' });
    await follow(link, {}, 'HEAD');
    await partner.get(`/api/v1/customer/export/${lesson.id}`);

    await reaches('export_downloads_total{way="token"}', byToken + 1);
    await reaches('export_downloads_total{way="link"}', 1);
    await reaches('export_downloads_total{way="customer"}', 1);
  });

  it('count a one-time download', async () => {
    const { id } = await completed();
    await installation.sql('UPDATE exports SET one_time = true WHERE id = $1', id);
    const links = await seen('export_downloads_total{way="link"}');

    await follow((await ann.status(id)).file_url);

    await reaches('export_downloads_total{way="link"}', links + 1);
    expect(await seen('export_one_time_downloads_total{outcome="given-out"}')).toBe(1);
  });

  it('count attempts that were lost with their workers', async () => {
    const failed = await seen('exports_total{kind="board",format="png",outcome="failed"}');
    await installation.sql(
      `INSERT INTO exports (id, kind, format, status, user_id, request_id, attempt_token, heartbeat_at, attempts)
       VALUES ($1, 'board', 'png', 'processing', 'ann', 'r', gen_random_uuid(), now() - interval '1 minute', 3)`,
      randomUUID(),
    );

    await reaches('export_attempts_total{outcome="lost"}', 1);
    expect(await seen('exports_total{kind="board",format="png",outcome="failed"}')).toBe(failed + 1);
  });

  it('report the backlog and its age', async () => {
    await installation.sql('DELETE FROM exports');
    expect(await seen('exports_unfinished{status="pending"}')).toBe(0);
    expect(await metricsOf(application)).toMatch(/^exports_oldest_waiting_seconds 0$/m);

    await waitingExport(90);
    await waitingExport(30);
    await runningExport();

    expect(await seen('exports_unfinished{status="pending"}')).toBe(2);
    expect(await seen('exports_unfinished{status="processing"}')).toBe(1);
    const oldest = await seen('exports_oldest_waiting_seconds');
    const [row] = await installation.sql<{ seconds: number }>(
      'SELECT extract(epoch FROM now() - min(updated_at))::float AS seconds FROM exports',
    );
    expect(oldest).toBeGreaterThanOrEqual(89);
    expect(oldest).toBeLessThanOrEqual(row!.seconds + 1);
  });

  it('report whether the process reaches its dependencies', async () => {
    const metrics = await metricsOf(application);

    for (const dependency of ['database', 'queue', 'storage'])
      expect(metrics).toContain(`dependency_up{dependency="${dependency}"} 1`);
  });

  it('report the sweeps', async () => {
    await until('each went well', async () => {
      const done = ['exports', 'expiry', 'storage'].map(
        (sweep) => `sweeps_total{sweep="${sweep}",outcome="completed"}`,
      );
      return (await Promise.all(done.map(seen))).every((count) => count > 0);
    });

    expect(await seen('sweep_duration_seconds_count{sweep="expiry"}')).toBeGreaterThan(0);
    expect(await metricsOf(application)).toContain('sweep_removed_total{kind="upload"} 0');
  });

  /** An export that stays pending. @returns its id */
  async function waitingExport(seconds = 0): Promise<string> {
    const id = randomUUID();
    await installation.sql(
      `INSERT INTO exports (id, kind, format, status, user_id, request_id, retry_at, updated_at)
       VALUES ($1, 'board', 'png', 'pending', $2, 'r', now() + interval '1 day', now() - make_interval(secs => $3))`,
      id,
      ANN,
      seconds,
    );
    return id;
  }

  async function runningExport(): Promise<void> {
    await installation.sql(
      `INSERT INTO exports (id, kind, format, status, user_id, request_id, attempt_token, heartbeat_at)
       VALUES ($1, 'board', 'png', 'processing', $2, 'r', gen_random_uuid(), now() + interval '1 day')`,
      randomUUID(),
      ANN,
    );
  }
});

describe('While its database is unavailable, the service', () => {
  let postgres: PostgresServer;
  let installation: Installation;
  let service: Service;

  beforeAll(async () => {
    postgres = await PostgresServer.migrated();
    installation = await Installation.on(postgres.url, { STORAGE: 'disk' });
    service = await installation.start();
  });

  afterAll(async () => {
    await installation.remove();
    await postgres.remove();
  });

  it('returns its metrics in time, except those of a locked table', async () => {
    expect(await metricsOf(service)).toMatch(/^notification_oldest_pending_seconds \d/m);
    const usual = await timeOf(() => metricsOf(service));
    const stall = await stallReads(installation, 'export_deliveries');

    let meanwhile = '';
    const time = await timeOf(async () => (meanwhile = await metricsOf(service))).finally(() => stall.release());

    expect(time).toBeLessThan(scaledBeside(5_000, usual));
    expect(meanwhile).not.toMatch(/^(notifications_pending|notification_oldest_pending_seconds)[ {]/m);
    expect(meanwhile).toMatch(/^exports_oldest_waiting_seconds \d/m);
  });

  it('returns its metrics, except those that need the database', async () => {
    expect(await metricsOf(service)).toMatch(/^exports_oldest_waiting_seconds \d/m);
    const usual = await timeOf(() => metricsOf(service));
    await postgres.stop();

    let meanwhile = '';
    const time = await timeOf(async () => (meanwhile = await metricsOf(service)));

    expect(time).toBeLessThan(scaledBeside(5_000, usual));
    // It was checked a moment ago.
    const away = 'dependency_up{dependency="database"} 0';
    await until('it knows that the database is away', async () => (await metricsOf(service)).includes(away));
    expect(meanwhile).toContain('dependency_up{dependency="storage"} 1');
    expect(meanwhile).not.toMatch(
      /^(exports_oldest_waiting_seconds|exports_unfinished|notifications_pending|notification_oldest_pending_seconds|queue_jobs)[ {]/m,
    );
    expect(meanwhile).toMatch(/^nodejs_eventloop_lag_p99_seconds /m);

    await postgres.start();
    await until('it knows again', async () => /^exports_oldest_waiting_seconds \d/m.test(await metricsOf(service)));
  });
});
