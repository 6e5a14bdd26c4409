import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Client } from '../support/client';
import { insertEvent, insertParticipants } from '../support/events';
import { Installation } from '../support/installation';
import { scaledBeside, timeOf } from '../support/machine';

const ESTIMATE = '/api/v1/exports/estimate';
const BULK = '/api/v1/export/bulk';
const ADMINISTRATOR = '00000000-0000-7000-8000-999999999999';
/** In no tenant, in north-school and in south-school. */
const [ZOE, NORA, SAUL] = [1, 2, 3].map((n) => `00000000-0000-7000-8000-00000000000${n}`);
const MAX_ROWS = 15_000;
/** Of a whole request, on the reference machine. */
const MAX_MS = 200;

const PAYMENTS = { type: 'partial', format: 'csv', data_types: ['payments'] };
const tables = (...names: string[]) => ({ tables: names, format: 'csv' });

/** Filters of whole tables, as administrators use them. */
const FILTERS: readonly [table: string, filters: object][] = [
  ['transactions', { status: 'failed' }],
  ['transactions', { created_at: { gte: '2025-03-05', lt: '2025-04-17' } }],
  ['transactions', { created_at: { gte: '2026-01-01' }, currency: { in: ['EUR', 'JPY'] }, amount: { gt: 200 } }],
  ['transactions', { description: { like: '%course%' } }],
  ['transactions', { description: { isNull: true }, is_refund: true }],
  ['transactions', { status: 'unheard of' }],
  ['activity_logs', { dateFrom: '2026-02-03', dateTo: '2026-02-20' }],
  ['users', { email: { like: 'user1%' }, locale: 'uk' }],
  ['enrollments', { progress_percent: { gte: 10, lte: 35 } }],
  ['documents', { mime_type: { ne: 'text/plain' } }],
];

describe('POST /exports/estimate', () => {
  let installation: Installation;
  let admin: Client;
  let zoe: Client;
  let nora: Client;

  beforeAll(async () => {
    ({ installation } = await Installation.withApplication({ MAX_ESTIMATED_ROWS: String(MAX_ROWS) }));
    const program = join(__dirname, '../../dev/seed.mjs');
    const env = { PATH: process.env['PATH'], DATABASE_URL: installation.database.url };
    await promisify(execFile)(process.execPath, [program, '--rows', '20000'], { env });
    admin = await installation.asUser(ADMINISTRATOR, { roles: ['admin'] });
    zoe = await installation.asUser(ZOE!);
    nora = await installation.asUser(NORA!, { tenant: 'north-school' });
  });

  afterAll(() => installation.remove());

  async function count(table: string, where = 'true'): Promise<number> {
    const [row] = await installation.sql<{ n: number }>(`SELECT count(*)::int AS n FROM ${table} WHERE ${where}`);
    return row!.n;
  }

  it('is true for nine of ten filters, soon', async () => {
    const deviations: number[] = [];
    const isSoon: boolean[] = [];
    for (const [table, filters] of FILTERS) {
      const body = { ...tables(table), filters: { [table]: filters } };
      const usual = await timeOf(() => admin.get('/api/v1/exports/?limit=1'));
      const from = performance.now();
      const estimate = (await admin.post(ESTIMATE, body)).body;
      isSoon.push(performance.now() - from <= scaledBeside(MAX_MS, usual));
      const made = await admin.finished((await admin.post(BULK, body)).body.jobId as string);
      deviations.push(
        deviation(estimate.record_count, made.record_count),
        deviation(estimate.file_size, made.file_size),
      );
      expect(made).toMatchObject({ estimate: { record_count: estimate.record_count } });
    }

    expect(deviations.filter((share) => share <= 0.2).length).toBeGreaterThanOrEqual(0.9 * deviations.length);
    expect(isSoon.filter(Boolean).length).toBeGreaterThanOrEqual(0.9 * isSoon.length);
  });

  it('shows the first rows, the bytes of each format and its warnings', async () => {
    const columns = { users: ['id', 'name'] };
    const answers = await Promise.all(
      ['csv', 'json', 'xml', 'xlsx'].map((format) => admin.post(ESTIMATE, { ...tables('users'), format, columns })),
    );
    const oneColumn = await admin.post(ESTIMATE, { ...tables('users'), columns: { users: ['phone'] } });

    const [csv, json, xml] = answers.map(({ body }) => body.file_size as number);
    expect(answers[0]!.body.samples).toMatchObject([{ name: 'users', columns: ['id', 'name'] }]);
    expect(answers[0]!.body.samples[0].rows).toHaveLength(5);
    expect(answers[0]!.body.samples[0].rows[0]).toEqual([ZOE, 'Zoë Ångström']);
    expect([json! > csv!, xml! > json!]).toEqual([true, true]);
    expect(oneColumn.body.warning_codes).toEqual(['null-as-empty-line']);
  });

  it('counts and shows only the rows of the caller and the tenant', async () => {
    const own = (await nora.post(ESTIMATE, PAYMENTS)).body;
    const tenantAdmin = await installation.asUser('root', { tenant: 'north-school', roles: ['admin'] });
    const tenant = (await tenantAdmin.post(ESTIMATE, tables('users'))).body;
    const others = await Promise.all([
      nora.post(ESTIMATE, { ...PAYMENTS, user_id: SAUL }),
      nora.post(ESTIMATE, tables('transactions')),
    ]);

    const ownTables = ['transactions', 'invoices', 'payment_methods', 'subscriptions', 'subscription_usage'];
    const counts = await Promise.all(
      (own.samples as { name: string }[]).map(({ name }) => count(name, `user_id = '${NORA}'`)),
    );
    expect(ownTables).toEqual(expect.arrayContaining((own.samples as { name: string }[]).map(({ name }) => name)));
    expect(own.record_count).toBe(counts.reduce((sum, one) => sum + one, 0));
    expect(own.record_count).toBeGreaterThan(0);
    for (const { columns, rows } of own.samples as { columns: string[]; rows: string[][] }[]) {
      expect(rows.map((row) => row[columns.indexOf('user_id')])).toEqual(rows.map(() => NORA));
    }
    expect(tenant.record_count).toBe(await count('users', `tenant_id = 'north-school'`));
    expect(tenant.samples[0].columns).not.toContain('password_hash');
    expect(others.map(({ status, body }) => [status, body.code as string])).toEqual([
      [403, 'insufficient-permissions'],
      [403, 'admin-role-required'],
    ]);
  });

  it('estimates boards and results, for users and external systems', async () => {
    const session = await zoe.saveBoard({ pages: [{ width: 400, height: 300, objects: [] }] });
    const partner = await installation.asCustomer();
    const event = await insertEvent(installation.sql.bind(installation), { organizer: ZOE, customer: partner.id });
    await insertParticipants(installation.sql.bind(installation), event, 12);

    const board = await zoe.post(ESTIMATE, { session_id: session, format: 'png' });
    const results = await zoe.post(ESTIMATE, { event_id: event.id, format: 'xlsx' });
    const ofPartner = await partner.post('/api/v1/customer/exports/estimate', { event_id: event.id });
    const foreign = await Promise.all([
      nora.post(ESTIMATE, { session_id: session }),
      nora.post(ESTIMATE, { event_id: event.id }),
      partner.post('/api/v1/customer/exports/estimate', PAYMENTS),
      zoe.post(ESTIMATE, { format: 'csv' }),
      zoe.post(ESTIMATE, { ...PAYMENTS, session_id: session }),
    ]);

    expect(board.body).toMatchObject({ unit: 'pages', record_count: 1, samples: [] });
    expect([board.body.file_size, board.body.duration_seconds].every((figure) => figure > 0)).toBe(true);
    expect(results.body).toMatchObject({ unit: 'rows', record_count: 12 });
    expect(results.body.samples[0].rows).toHaveLength(5);
    expect(ofPartner.body).toMatchObject({ unit: 'rows', record_count: 12 });
    expect(foreign.map(({ status }) => status)).toEqual([404, 404, 400, 400, 400]);
  });

  it('records nothing for `dry_run`', async () => {
    const session = await zoe.saveBoard({ pages: [{ width: 400, height: 300, objects: [] }] });
    const event = await insertEvent(installation.sql.bind(installation), { organizer: ZOE });
    const before = await Promise.all([count('exports'), count('export_audit_log')]);

    const answers = await Promise.all([
      zoe.post('/api/v1/exports', { ...PAYMENTS, dry_run: true }),
      zoe.post('/api/v1/exports', { ...PAYMENTS, type: 'realtime', dry_run: true }),
      admin.post(BULK, { ...tables('users'), dry_run: true }),
      zoe.post(`/api/v1/solo/sessions/${session}/export`, { format: 'pdf', dry_run: true }),
      zoe.post(`/api/v1/events/${event.id}/results/export`, { dry_run: true }),
    ]);

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(answers.map(({ body }) => [body.unit as string, typeof body.record_count])).toEqual(
      ['rows', 'rows', 'rows', 'pages', 'rows'].map((unit) => [unit, 'number']),
    );
    expect(await Promise.all([count('exports'), count('export_audit_log')])).toEqual(before);
  });

  it('refuses exports of too many rows with their estimate, before and when they are requested', async () => {
    const before = await count('exports');
    const answers = [
      await admin.post(ESTIMATE, tables('transactions')),
      await admin.post(BULK, tables('transactions')),
    ];
    const filtered = { ...tables('transactions'), filters: { transactions: { status: 'failed' } } };

    for (const { status, body } of answers) {
      expect([status, body.code]).toEqual([422, 'too-many-rows']);
      expect(body.estimate.record_count).toBeGreaterThan(MAX_ROWS);
      expect(body.detail).toContain('at most 15,000 are allowed. Add filters');
    }
    expect(await count('exports')).toBe(before);
    expect((await admin.post(BULK, filtered)).status).toBe(201);
  });

  it('has a limit of its own', async () => {
    const limited = await installation.startApplication({ RATE_LIMIT_ESTIMATES: '2/1h', RATE_LIMIT_EXPORTS: '1/1h' });
    const caller = await installation.asUser(SAUL!, { tenant: 'south-school', at: limited });

    const allowed = [
      await caller.post(ESTIMATE, PAYMENTS),
      await caller.post('/api/v1/exports', { ...PAYMENTS, dry_run: true }),
    ];
    const refused = await caller.post(ESTIMATE, PAYMENTS);
    const made = await caller.post('/api/v1/exports', PAYMENTS);

    expect(allowed.map(({ status }) => status)).toEqual([200, 200]);
    expect(refused).toMatchObject({ status: 429, body: { code: 'rate-limit-exceeded' } });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(made.status).toBe(201);
  });
});

function deviation(estimated: number, actual: number | null): number {
  return Math.abs(estimated - (actual ?? 0)) / Math.max(1, actual ?? 0);
}
