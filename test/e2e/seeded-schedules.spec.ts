import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Client, follow } from '../support/client';
import { Installation } from '../support/installation';

const ADMINISTRATOR = '00000000-0000-7000-8000-999999999999';
const SCHEDULES = '/api/exports/scheduled';

interface Schedule {
  readonly id: string;
  readonly name: string;
  readonly [field: string]: unknown;
}

describe('The schedules of the seed', () => {
  let installation: Installation;
  let admin: Client;
  let schedules: Schedule[];

  beforeAll(async () => {
    ({ installation } = await Installation.withApplication());
    const program = join(__dirname, '../../dev/seed.mjs');
    const env = { PATH: process.env['PATH'], DATABASE_URL: installation.database.url };
    await promisify(execFile)(process.execPath, [program, '--rows', '300'], { env });
    await installation.sql(
      `UPDATE users SET created_at = now() - INTERVAL '6 days' WHERE email LIKE 'user1%';
       UPDATE transactions SET created_at = date_trunc('day', now(), 'UTC') - INTERVAL '1 ms' WHERE is_refund`,
    );
    admin = await installation.asUser(ADMINISTRATOR, { roles: ['admin'] });
    schedules = (await admin.get(SCHEDULES)).body.results as Schedule[];
  });

  afterAll(() => installation.remove());

  async function run(name: string) {
    const { id } = schedules.find((schedule) => schedule.name === name)!;
    const record = await admin.finished((await admin.post(`${SCHEDULES}/${id}/run`)).body.id as string);
    return { record, file: await follow(record.file_url) };
  }

  it('are listed for their administrator, with the reason of their pause', () => {
    const waiting = { is_active: false, next_run_at: null, delivery_method: 's3', frequency: 'cron', last_run: null };
    const paused_reason = expect.stringContaining('credentials of the bucket');

    expect(schedules.map(({ name }) => name).sort()).toEqual(['daily_transactions', 'weekly_users']);
    for (const schedule of schedules) expect(schedule).toMatchObject({ ...waiting, paused_reason });
  });

  it('cannot be resumed before their bucket has credentials', async () => {
    const { id } = schedules[0]!;

    const response = await admin.post(`${SCHEDULES}/${id}/resume`);

    expect([response.status, response.body.detail]).toEqual([409, expect.stringContaining('credentials')]);
    expect((await admin.get(`${SCHEDULES}/${id}`)).body).toEqual(schedules[0]);
  });

  it('export the transactions of yesterday as CSV in a manual run', async () => {
    const { record, file } = await run('daily_transactions');

    const [refunds] = await installation.sql<{ count: number }>(
      'SELECT count(*)::int AS count FROM transactions WHERE is_refund',
    );
    expect(refunds!.count).toBeGreaterThan(0);
    expect(record).toMatchObject({ status: 'completed', record_count: refunds!.count });
    expect(record.file_name).toMatch(/^daily_transactions_\d{4}-\d\d-\d\d\.csv$/);
    expect(file.text).toMatch(/^id,user_id,/);
  });

  it('export the users of seven days as JSON with three columns', async () => {
    const { record, file } = await run('weekly_users');

    const { users } = (file.body as { data: { users: object[] } }).data;
    expect(users.length).toBeGreaterThan(10);
    expect(record.file_name).toMatch(/^weekly_users_\d{4}-\d\d-\d\d\.json$/);
    for (const user of users) expect(Object.keys(user)).toEqual(['id', 'email', 'created_at']);
  });
});
