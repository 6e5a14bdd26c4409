import { noteBoard } from '../support/boards';
import { type ApiResponse, Client } from '../support/client';
import { Installation } from '../support/installation';
import { signedToken } from '../support/tokens';

const STATS = '/api/exports/stats';
const AUDIT = '/api/exports/audit';
const MISSING = '0192f0c1-2222-7000-8000-00000000000a';
const SCHEDULE = '0192f0c1-2222-7000-8000-00000000000b';
const PARTNER = '0192f0c1-2222-7000-8000-00000000000c';

interface Entry {
  readonly id: number;
  readonly at: string;
  readonly action: string;
  readonly tenant_id: string | null;
  readonly details: { readonly n: number };
}

interface Figures {
  readonly total_exports: number;
  readonly successful_exports: number;
  readonly total_bytes: number;
}

interface Daily {
  readonly days: readonly { readonly day: string; readonly total_exports: number }[];
  readonly failures: readonly object[];
}

/** From May 5th, the last day with an export, to the 31st. */
const DAYS_AFTER_MAY_5 = 26;

describe('GET /exports/stats and GET /exports/audit', () => {
  let installation: Installation;
  let root: Client;
  let blueAdmin: Client;
  let ann: Client;

  beforeAll(async () => {
    ({ installation } = await Installation.withApplication({ STORAGE: 'disk' }));
    root = await installation.asUser('root', { roles: ['admin'] });
    blueAdmin = await installation.asUser('boss', { roles: ['admin'], tenant: 'blue' });
    ann = await installation.asUser('ann', { tenant: 'blue' });
    await keepPastExports();
    await keepPastEntries();
  });

  afterAll(() => installation.remove());

  /** Exports of May 2020, whose figures are known. */
  async function keepPastExports(): Promise<void> {
    await installation.sql(`
      INSERT INTO exports (id, kind, format, status, user_id, tenant_id, request_id, storage_key, sha256, error,
                           attempt_token, heartbeat_at, file_size, record_count, created_at, started_at, completed_at)
      SELECT gen_random_uuid(), kind, format, status, 'ann', tenant, 'r',
             CASE WHEN took IS NOT NULL THEN 'k' END, CASE WHEN took IS NOT NULL THEN 's' END,
             CASE WHEN status = 'failed' THEN 'It failed' END,
             CASE WHEN status = 'processing' THEN gen_random_uuid() END,
             CASE WHEN status = 'processing' THEN now() + interval '1 day' END,
             bytes, records, at, at + interval '1 second', at + interval '1 second' + took::interval
      FROM (VALUES
        ('board', 'png', 'completed',  'blue', '200 ms',  100,    NULL, timestamptz '2020-05-01 00:00Z'),
        ('board', 'png', 'expired',    'blue', '400 ms',  300,    NULL, timestamptz '2020-05-02 00:00Z'),
        ('data',  'csv', 'completed',  'blue', '1500 ms', 5000000000, 7, timestamptz '2020-05-03 00:00Z'),
        ('data',  'csv', 'failed',     'blue', NULL,      NULL,   NULL, timestamptz '2020-05-03 00:00Z'),
        ('data',  'csv', 'cancelled',  'blue', NULL,      NULL,   NULL, timestamptz '2020-05-04 00:00Z'),
        ('data',  'csv', 'processing', 'blue', NULL,      NULL,   NULL, timestamptz '2020-05-05 00:00Z'),
        ('data',  'csv', 'completed',  'red',  '900 ms',  11,     2,    timestamptz '2020-05-05 00:00Z'),
        ('data',  'csv', 'completed',  NULL,   '1000 ms', 13,     3,    timestamptz '2020-05-05 00:00Z')
      ) AS past (kind, format, status, tenant, took, bytes, records, at)`);
    await installation.sql(`
      UPDATE exports SET estimate = jsonb_build_object('unit', 'rows', 'record_count', record_count * 1.1, 'file_size', file_size * 2,
                                                       'duration_seconds', NULL)
      WHERE kind = 'data' AND status IN ('completed', 'expired') AND created_at < '2021-01-01'`);
  }

  /** Entries of May 2020; some of the same moment. */
  async function keepPastEntries(): Promise<void> {
    await installation.sql(
      `INSERT INTO export_audit_log (at, action, export_id, schedule_id, user_id, tenant_id, customer_id, request_id, address,
                                     details)
       SELECT timestamptz '2020-05-01 00:00Z' + (n / 3) * interval '1 day',
              CASE WHEN n % 2 = 0 THEN 'past.even' ELSE 'past.odd' END, CASE WHEN n = 4 THEN $1::uuid END,
              CASE WHEN n IN (5, 6) THEN $2::uuid END, 'person ' || n % 4, CASE WHEN n < 8 THEN 'blue' ELSE 'red' END,
              CASE WHEN n = 9 THEN $3::uuid END, 'request ' || n,
              (ARRAY['203.0.113.7', '::ffff:198.51.100.9', '198.51.100.9', '2001:db8::1'])[greatest(n - 8, 1)],
              jsonb_build_object('n', n)
       FROM generate_series(1, 12) AS n`,
      MISSING,
      SCHEDULE,
      PARTNER,
    );
  }

  it('returns the figures of exports within a period', async () => {
    const { status, body } = await root.get(`${STATS}?from=2020-05-01&to=2020-06-01`);

    expect(status).toBe(200);
    expect(body).toEqual({
      total_exports: 8,
      successful_exports: 5,
      failed_exports: 1,
      cancelled_exports: 1,
      unfinished_exports: 1,
      average_export_time_ms: 800,
      total_bytes: 5_000_000_424,
      total_records: 12,
      estimates: {
        estimated_exports: 3,
        record_count: { median_deviation: expect.closeTo(0.1) as number, accurate_share: 1 },
        file_size: { median_deviation: 1, accurate_share: 0 },
        duration_seconds: { median_deviation: null, accurate_share: null },
      },
      by_kind: [
        expect.objectContaining({ kind: 'board', total_exports: 2, average_export_time_ms: 300, total_bytes: 400 }),
        expect.objectContaining({ kind: 'data', total_exports: 6, successful_exports: 3, failed_exports: 1 }),
      ],
      by_format: [
        expect.objectContaining({ format: 'csv', total_exports: 6, total_records: 12 }),
        expect.objectContaining({ format: 'png', total_exports: 2, total_records: 0 }),
      ],
      daily: expect.objectContaining({ duration_ms: { p50: 950, p90: 1_350, p99: 1_485 } }),
    });
  });

  it('returns the figures of each of the last days of a period', async () => {
    const { body } = await root.get(`${STATS}?from=2020-05-01&to=2020-06-01&days=30`);
    const { body: cut } = await root.get(`${STATS}?to=2020-05-05T00:00:01Z&days=2`);
    const { body: recent } = await root.get(STATS);

    const { days, failures } = body.daily as Daily;
    expect(days).toHaveLength(30);
    expect([days[0]!.day, days.at(-1)!.day]).toEqual(['2020-05-02', '2020-05-31']);
    expect(days[1]).toEqual({
      day: '2020-05-03',
      total_exports: 2,
      successful_exports: 1,
      failed_exports: 1,
      cancelled_exports: 0,
      unfinished_exports: 0,
      total_bytes: 5_000_000_000,
      total_records: 7,
      by_format: [{ format: 'csv', total_exports: 2 }],
      duration_ms: { p50: 1_500, p90: 1_500, p99: 1_500 },
    });
    expect(days.at(-1)).toMatchObject({
      total_exports: 0,
      by_format: [],
      duration_ms: { p50: null, p90: null, p99: null },
    });
    expect(failures).toEqual([{ code: 'unspecified', failed_exports: 1 }]);
    expect((cut.daily as Daily).days).toMatchObject([
      { day: '2020-05-04', total_exports: 1, cancelled_exports: 1 },
      { day: '2020-05-05', total_exports: 3, unfinished_exports: 1, by_format: [{ format: 'csv', total_exports: 3 }] },
    ]);
    expect((recent.daily as Daily).days).toHaveLength(30);
    expect((recent.daily as Daily).days.at(-1)!.day).toBe(new Date().toISOString().slice(0, 10));
  });

  it.each<[string, object]>([
    ['from=2020-05-03&to=2020-05-04', { total_exports: 2, successful_exports: 1, failed_exports: 1 }],
    ['from=2020-05-03T00:00:01Z&to=2020-05-04T00:00:01Z', { total_exports: 1, cancelled_exports: 1 }],
    ['from=2020-05-05T02:00:00%2B02:00&to=2020-06-01', { total_exports: 3, unfinished_exports: 1 }],
    [
      'to=2019-01-01',
      { total_exports: 0, successful_exports: 0, average_export_time_ms: null, total_bytes: 0, by_kind: [] },
    ],
  ])('include the start and exclude the end of a period: %s', async (query, figures) => {
    expect((await root.get(`${STATS}?${query}`)).body).toMatchObject(figures);
  });

  it('counts exports that change now', async () => {
    const before = (await root.get(STATS)).body as Figures;
    const { id } = await ann.requestExport(await ann.saveBoard(noteBoard()), 'png');
    const { file_size } = await ann.finished(id);

    const after = (await root.get('/api/v1/exports/stats/')).body;

    expect(after).toMatchObject({
      total_exports: before.total_exports + 1,
      successful_exports: before.successful_exports + 1,
      total_bytes: before.total_bytes + file_size!,
    });
  });

  it('shows an administrator of one tenant that tenant only', async () => {
    const stats = await blueAdmin.get(`${STATS}?to=2020-06-01`);
    const log = await blueAdmin.get(`${AUDIT}?to=2020-06-01`);
    const others = await blueAdmin.get(`${AUDIT}?user_id=person%200&from=2020-05-04&to=2020-06-01`);
    const requested = await blueAdmin.get(`${AUDIT}?tenant_id=red`);

    expect(stats.body).toMatchObject({ total_exports: 6, total_records: 7, average_export_time_ms: 700 });
    expect((stats.body.daily as Daily).days.at(-1 - DAYS_AFTER_MAY_5)).toMatchObject({ total_exports: 1 });
    expect(log.body).toMatchObject({ count: 7 });
    expect(new Set(entriesOf(log).map((entry) => entry.tenant_id))).toEqual(new Set(['blue']));
    expect(others.body).toMatchObject({ count: 0, results: [] });
    expect(requested.body).toMatchObject({ count: 0, results: [] });
  });

  it('lists who did what, newest first', async () => {
    const response = await root.get(`${AUDIT}?to=2020-06-01`);

    expect(response.status).toBe(200);
    expect(response.body).toMatchObject({ count: 12, next: null });
    expect(entriesOf(response).map(({ details }) => details.n)).toEqual([12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
    expect(response.body.results[8]).toEqual({
      id: expect.any(Number),
      at: '2020-05-02T00:00:00.000Z',
      action: 'past.even',
      export_id: MISSING,
      schedule_id: null,
      user_id: 'person 0',
      tenant_id: 'blue',
      customer_id: null,
      request_id: 'request 4',
      address: '203.0.113.7',
      details: { n: 4 },
    });
  });

  it.each<[string, number[]]>([
    ['user_id=person%201', [9, 5, 1]],
    ['action=past.odd', [11, 9, 7, 5, 3, 1]],
    [`export_id=${MISSING}`, [4]],
    [`schedule_id=${SCHEDULE}`, [6, 5]],
    [`customer_id=${PARTNER}`, [9]],
    ['tenant_id=red&action=past.even', [12, 10, 8]],
    ['action=past.*&tenant_id=red', [12, 11, 10, 9, 8]],
    ['action=past.e*', [12, 10, 8, 6, 4, 2]],
    ['action=p%25', []],
    ['action=p_st.*', []],
    ['action=*&customer_id=' + PARTNER, [9]],
    ['address=198.51.100.9', [11, 10]],
    ['address=2001:DB8::1', [12]],
    ['from=2020-05-03&to=2020-05-04', [8, 7, 6]],
    ['user_id=person%200&action=past.even&from=2020-05-03', [12, 8]],
    ['user_id=nobody', []],
  ])('filters entries by %s', async (query, numbers) => {
    const response = await root.get(`${AUDIT}?${query}${query.includes('to=') ? '' : '&to=2020-06-01'}`);

    expect(response.body.count).toBe(numbers.length);
    expect(entriesOf(response).map(({ details }) => details.n)).toEqual(numbers);
  });

  it('pages through the log while entries are added', async () => {
    const seen: Entry[] = [];
    let next: string | null = `${AUDIT}?limit=5&from=2020-05-01`;
    const { count } = (await root.get(next)).body;

    for (let pages = 0; next !== null && pages < 50; pages += 1) {
      const page = await root.get(next);
      seen.push(...entriesOf(page));
      next = page.body.next as string | null;
      await installation.sql(`INSERT INTO export_audit_log (action, user_id) VALUES ('past.none', 'somebody')`);
    }

    const order = seen.map(({ at, id }) => `${at} ${String(id).padStart(9, '0')}`);
    expect(seen).toHaveLength(count as number);
    expect(new Set(order).size).toBe(order.length);
    expect(order).toEqual([...order].sort().reverse());
  });

  it('stops counting at the maximum', async () => {
    await installation.sql(
      `INSERT INTO export_audit_log (at, action, user_id)
       SELECT timestamptz '2019-01-01' + n * interval '1 second', 'past.many', 'robot' FROM generate_series(1, 10001) AS n`,
    );

    const { body } = await root.get(`${AUDIT}?action=past.many&limit=1`);

    expect(body).toMatchObject({ count: 10_000, next: expect.stringContaining('cursor='), results: [{}] });
  });

  it.each([
    ['from=yesterday', 'from'],
    ['from=2020-02-30', 'from'],
    ['to=2020-05-01T10:00', 'to'],
    ['to=0000-01-01', 'to'],
    ['to=2020-05-01&to=2020-05-02', 'to'],
    ['cursor=x', 'cursor'],
    ['cursor=-1', 'cursor'],
    ['cursor=99999999999999999999', 'cursor'],
    [`cursor=${MISSING}`, 'cursor'],
    ['limit=0', 'limit'],
    ['limit=201', 'limit'],
    ['user_id=', 'user_id'],
    ['user_id=a%00b', 'user_id'],
    ['user_id=a&user_id=b', 'user_id'],
    ['action=%00', 'action'],
    ['export_id=1', 'export_id'],
    ['schedule_id=1', 'schedule_id'],
    ['customer_id=me', 'customer_id'],
    ['tenant_id=', 'tenant_id'],
    ['tenant_id=%00', 'tenant_id'],
    ['address=localhost', 'address'],
    ['person=ann', 'person'],
  ])('returns 400 for %s', async (query, field) => {
    const refused = await root.get(`${AUDIT}?${query}`);

    expect([refused.status, refused.body.errors]).toEqual([
      400,
      [{ field, message: expect.any(String), code: expect.any(String) }],
    ]);
  });

  it.each(['from=yesterday', 'to=0000-01-01', 'kind=board', 'days=0', 'days=93', 'days=1.5', 'days=many'])(
    'refuse figures of unreadable data: %s',
    async (query) => {
      expect((await root.get(`${STATS}?${query}`)).status).toBe(400);
    },
  );

  it('does not reveal by a cursor when an entry of another tenant was written', async () => {
    const red = entriesOf(await root.get(`${AUDIT}?tenant_id=red&to=2020-06-01`))[0]!;

    const ofBlue = await blueAdmin.get(`${AUDIT}?cursor=${red.id}`);
    const ofRoot = await root.get(`${AUDIT}?cursor=${red.id}&from=2020-05-01&to=2020-06-01`);

    expect([ofBlue.status, ofBlue.body.results, ofBlue.body.next]).toEqual([200, [], null]);
    expect(entriesOf(ofRoot)).toHaveLength(11);
  });

  it('returns an empty page after an unknown cursor', async () => {
    const { status, body } = await root.get(`${AUDIT}?cursor=999999999999999999`);

    expect([status, body.results, body.next]).toEqual([200, [], null]);
  });

  it.each([STATS, AUDIT, `${AUDIT}?limit=nonsense`, '/api/v1/exports/stats/', '/api/v1/exports/audit/'])(
    'are for administrators only: %s',
    async (path) => {
      const expired = new Client(
        root.url,
        await signedToken('root', { roles: ['admin'], expires: Math.floor(Date.now() / 1000) - 60 }),
      );

      const refused = await ann.get(path);

      expect(refused.body).toMatchObject({ status: 403, detail: 'Admin role required', error: 'Admin role required' });
      expect((await installation.asAnonymous().get(path)).status).toBe(401);
      expect((await expired.get(path)).status).toBe(401);
    },
  );
});

function entriesOf({ body }: ApiResponse): Entry[] {
  return body.results as Entry[];
}
