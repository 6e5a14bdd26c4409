import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { noteBoard } from '../support/boards';
import { type Client, follow } from '../support/client';
import { Installation } from '../support/installation';
import { Service } from '../support/service';
import { signedToken, TEST_ENCRYPTION_KEY, TEST_LINK_SECRET, TEST_SECRET } from '../support/tokens';
import { until } from '../support/until';

const DESCRIPTION = join(__dirname, '../../docs/openapi.json');

describe('Operations', () => {
  let installation: Installation;
  let api: Service;
  let worker: Service;
  let ann: Client;

  beforeAll(async () => {
    installation = await Installation.create();
    [api, worker] = await Promise.all([installation.start({ ROLE: 'api' }), installation.start({ ROLE: 'worker' })]);
    ann = await installation.asUser('ann', { at: api });
  });

  afterAll(() => installation.remove());

  it('report liveness and readiness in every role', async () => {
    for (const { url } of [api, worker]) {
      const [live, ready] = await Promise.all([fetch(`${url}/health/live`), fetch(`${url}/health/ready`)]);
      expect([live.status, ready.status]).toEqual([200, 200]);
      expect(await ready.json()).toEqual({ status: 'ready', checks: { database: 'ok', queue: 'ok', storage: 'ok' } });
    }
  });

  it('have no API routes in a worker', async () => {
    const token = await signedToken('ann');

    for (const path of [
      '/api/v1/exports/',
      '/api/exports',
      '/api/openapi.json',
      '/api/docs',
      '/API/v1/exports',
      '/button.js',
    ]) {
      const { status } = await fetch(`${worker.url}${path}`, { headers: { authorization: `Bearer ${token}` } });
      expect([path, status]).toEqual([path, 404]);
    }
  });

  it('count what the service did', async () => {
    const { id } = await ann.requestExport(await ann.saveBoard(noteBoard()), 'png');
    await ann.finished(id);

    const ofWorker = await (await fetch(`${worker.url}/metrics`)).text();
    const ofApi = await (await fetch(`${api.url}/metrics`)).text();

    expect(ofWorker).toMatch(/^exports_total\{kind="board",format="png",outcome="completed"\} \d+$/m);
    expect(ofWorker).toMatch(/^export_duration_seconds_count\{kind="board",format="png"\} \d+$/m);
    expect(ofWorker).toMatch(/^export_bytes_total\{kind="board",format="png"\} \d+$/m);
    expect(ofApi).toMatch(/^queue_jobs\{state="waiting"\} \d+$/m);
    expect(ofApi).toMatch(/^http_request_duration_seconds_count\{method="GET",route="[^"]*:id",status="200"\} \d+$/m);
    expect(ofApi).toMatch(/^nodejs_eventloop_lag_p99_seconds /m);
    expect(ofApi + ofWorker).not.toContain(id);
  });

  it('log the request id from the response to the last line of the worker', async () => {
    const session = await ann.saveBoard(noteBoard());

    const response = await ann.post(
      `/api/v1/solo/sessions/${session}/export/`,
      { format: 'pdf' },
      { 'X-Request-Id': 'journey-42' },
    );
    await ann.finished(response.body.id as string);

    expect(response.headers.get('x-request-id')).toBe('journey-42');
    const lines = await until('the worker has told', () => {
      const about = worker.log.filter(({ request_id }) => request_id === 'journey-42');
      return about.some(({ message }) => message === 'Export completed') && about;
    });
    expect(lines.map(({ message, export_id }) => [message, export_id])).toEqual([
      ['Export started', response.body.id],
      ['Export completed', response.body.id],
    ]);
    const [entry] = await installation.sql<{ request_id: string }>(
      `SELECT request_id FROM export_audit_log WHERE export_id = $1 AND action = 'export.completed'`,
      response.body.id,
    );
    expect(entry).toEqual({ request_id: 'journey-42' });
  });

  it('assign a request id when that of the caller is invalid', async () => {
    for (const id of ['a b', 'x'.repeat(101), '"quoted"', '{}']) {
      const { headers } = await ann.get('/api/v1/exports/', { 'X-Request-Id': id });
      expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  it('log JSON only, without secrets, tokens or links', async () => {
    const token = await signedToken('ann');
    const { id } = await ann.requestExport(await ann.saveBoard(noteBoard('a very private word')), 'png');
    const { file_url: link } = await ann.finished(id);
    await follow(link);
    await ann.get(`/api/v1/exports/${id}/?token=${token}`);
    await ann.post('/api/v1/solo/sessions/', '{"name":');

    const password = new URL(installation.database.url).password;
    const signature = new URL(link!).searchParams.get('signature')!;
    for (const { output } of installation.services) {
      for (const line of output) expect(() => JSON.parse(line) as unknown).not.toThrow();
      const text = output.join('\n');
      for (const secret of [
        TEST_SECRET,
        TEST_LINK_SECRET,
        TEST_ENCRYPTION_KEY,
        token,
        signature,
        'a very private word',
        `:${password}@`,
      ])
        expect(text).not.toContain(secret);
    }
  });

  it('set security headers on responses', async () => {
    const { headers } = await ann.get('/api/v1/exports/');

    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(headers.get('strict-transport-security')).toBeTruthy();
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('access-control-allow-origin')).toBe('*');
  });

  it('describe the API as docs/openapi.json does', async () => {
    const { body } = await ann.get('/api/openapi.json');

    const refresh = 'docs/openapi.json is not what the service says: run `npm run openapi` and commit it.';
    const kept: unknown = existsSync(DESCRIPTION) ? JSON.parse(readFileSync(DESCRIPTION, 'utf8')) : refresh;
    expect({ hint: refresh, description: body as unknown }).toEqual({ hint: refresh, description: kept });
    expect(body.openapi).toBe('3.1.0');
  });

  it('give each operation of the API a unique id', async () => {
    const { body } = await ann.get('/api/openapi.json');

    const operations = Object.values(body.paths as Record<string, Record<string, { operationId: string }>>).flatMap(
      (methods) => Object.values(methods),
    );
    const ids = operations.map(({ operationId }) => operationId);
    expect(ids.length).toBeGreaterThan(40);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  });
});

describe('An invalid configuration', () => {
  const sound = {
    DATABASE_URL: 'postgresql://nobody:nothing@127.0.0.1:1/none',
    JWT_SECRET: TEST_SECRET,
    LINK_SECRET: TEST_LINK_SECRET,
  };

  // environment.spec.ts tests the values; these tests show that the process ends.
  it.each<[string, Record<string, string>, string[]]>([
    ['one that is wrong', { ROLE: 'boss' }, ['ROLE']],
    [
      'all that are missing',
      { DATABASE_URL: '', JWT_SECRET: '', LINK_SECRET: '', STORAGE: 's3' },
      ['DATABASE_URL', 'JWT_SECRET', 'LINK_SECRET', 'S3_BUCKET'],
    ],
    [
      'all that are wrong',
      {
        DATABASE_URL: 'mysql://localhost/x',
        JWT_SECRET: 'short',
        PORT: 'eighty',
        PUBLIC_URL: 'exports.example',
        REDIS_URL: 'localhost:6379',
        S3_ACCESS_KEY_ID: 'me',
        RATE_LIMIT_BOARDS: 'many',
        RETENTION_DAYS: '0',
        EXPORT_CONCURRENCY: '1.5',
      },
      [
        'DATABASE_URL',
        'JWT_SECRET',
        'PORT',
        'PUBLIC_URL',
        'REDIS_URL',
        'S3_SECRET_ACCESS_KEY',
        'RATE_LIMIT_BOARDS',
        'RETENTION_DAYS',
        'EXPORT_CONCURRENCY',
      ],
    ],
  ])('stops the start and names the variables: %s', async (_, mistakes, variables) => {
    const service = await Service.launch({ ...sound, ...mistakes });

    await service.end();

    expect(service.exitCode).toBe(1);
    const output = service.output.join('\n');
    const named = [...output.matchAll(/^ {2}- (\w+) /gm)].map(([, variable]) => variable);
    expect(named.sort()).toEqual([...variables].sort());
    expect(output).not.toMatch(/^\s+at /m);
    expect(output).not.toContain(TEST_SECRET);
  });
});
