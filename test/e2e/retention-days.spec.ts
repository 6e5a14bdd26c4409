import { noteBoard } from '../support/boards';
import type { ApiResponse, Client } from '../support/client';
import type { CustomerClient } from '../support/customers';
import { insertEvent } from '../support/events';
import { Installation } from '../support/installation';

const ANN = '00000000-0000-7000-8000-0000000000aa';
const LONGEST = 7;

type Way = [what: string, ask: (more: object) => Promise<ApiResponse>];

describe('retention_days', () => {
  let installation: Installation;
  let ann: Client;
  let root: Client;
  let partner: CustomerClient;
  const sql = (statement: string, ...values: unknown[]) => installation.sql(statement, ...values);

  beforeAll(async () => {
    ({ installation } = await Installation.withApplication({ RETENTION_DAYS: String(LONGEST) }));
    ann = await installation.asUser(ANN);
    root = await installation.asUser('root', { roles: ['admin'] });
    partner = await installation.asCustomer();
  });

  afterAll(() => installation.remove());

  const rows = { type: 'partial', data_types: ['profile'], format: 'json' };
  const ways: Way[] = [
    ['rows', (more) => ann.post('/api/v1/exports', { ...rows, ...more })],
    ['whole tables', (more) => root.post('/api/v1/export/bulk', { tables: ['transactions'], format: 'csv', ...more })],
    [
      'a board',
      async (more) => ann.post(`/api/v1/solo/sessions/${await ann.saveBoard(noteBoard())}/export`, { ...more }),
    ],
    [
      'a board of a customer',
      async (more) =>
        partner.post(`/api/v1/customer/solo/sessions/${await partner.startSession('ada')}/export`, {
          format: 'json',
          ...more,
        }),
    ],
    [
      'results',
      async (more) =>
        ann.post(`/api/v1/events/${(await insertEvent(sql, { organizer: ANN })).id}/results/export`, { ...more }),
    ],
    [
      'results of a customer',
      async (more) =>
        partner.post(
          `/api/v1/customer/events/${(await insertEvent(sql, { customer: partner.id })).id}/results/export`,
          {
            ...more,
          },
        ),
    ],
  ];

  /** From the file's completion to its end, in seconds. */
  async function keptFor(id: string): Promise<number> {
    const [{ seconds, status } = { seconds: NaN, status: 'none' }] = await installation.sql<{
      seconds: number;
      status: string;
    }>(
      `SELECT status, round(extract(epoch FROM expires_at - completed_at))::int AS seconds FROM exports WHERE id = $1`,
      id,
    );
    expect(status).toBe('completed');
    return seconds;
  }

  const idOf = ({ body }: ApiResponse) => (body.id ?? body.jobId) as string;

  it.each(ways)('sets the retention, also in fractions of a day: %s', async (_, ask) => {
    const granted = await ask({ retention_days: 0.25 });
    expect([granted.status, granted.text]).toEqual([201, expect.any(String)]);
    const id = idOf(granted);
    await installation.reaches(id, 'completed');

    expect(await keptFor(id)).toBe(21_600);
  });

  it.each(ways)('defaults to the configured retention: %s', async (_, ask) => {
    const id = idOf(await ask({}));
    await installation.reaches(id, 'completed');

    expect(await keptFor(id)).toBe(LONGEST * 86_400);
  });

  it.each(ways)('is rejected by its name when invalid: %s', async (_, ask) => {
    for (const days of [0, -1, '2', true, [1], 1e300, LONGEST + 0.001]) {
      const refused = await ask({ retention_days: days });

      expect([days, refused.status, refused.body.errors]).toEqual([
        days,
        400,
        [{ field: 'retention_days', message: expect.stringMatching(/number|above/), code: 'invalid' }],
      ]);
    }
  });

  it('is rejected for a streamed export, which has no file', async () => {
    const refused = await ann.post('/api/v1/exports', { type: 'realtime', format: 'json', retention_days: 1 });

    expect([refused.status, refused.body.errors]).toEqual([
      400,
      [{ field: 'retention_days', message: 'must be missing for realtime: no file is kept', code: 'invalid' }],
    ]);
  });

  it('is part of the fingerprint of an idempotent request', async () => {
    const key = { 'Idempotency-Key': 'kept' };
    const first = await ann.post('/api/v1/exports', { ...rows, retention_days: 1 }, key);

    const repeat = await ann.post('/api/v1/exports', { ...rows, retention_days: 1 }, key);
    const other = await ann.post('/api/v1/exports', { ...rows, retention_days: 2 }, key);

    expect([first.status, repeat.status, repeat.body.id, other.status]).toEqual([201, 200, first.body.id, 422]);
  });

  it('shows expires_at from the start, and never shortens it', async () => {
    const { created_at: createdAt, expires_at: shown, id } = (await ann.post('/api/v1/exports', rows)).body;
    const done = await ann.finished(id as string);
    // As if the service had been started again meanwhile, with a shorter time.
    await installation.sql(
      `UPDATE exports SET status = 'pending', retention_seconds = 60, enqueue_after = now() WHERE id = $1`,
      id,
    );
    const repeated = await ann.reaches(id as string, 'completed');

    const promised = Date.parse(shown as string);
    expect(Math.abs(promised - Date.parse(createdAt as string) - LONGEST * 86_400_000)).toBeLessThan(1_000);
    expect(Date.parse(done.expires_at!)).toBeGreaterThanOrEqual(promised);
    expect(repeated.expires_at).toBe(done.expires_at);
  });

  it('shows no expires_at when there is no file, or will be none', async () => {
    const streamed = await ann.post('/api/v1/exports', { type: 'realtime', format: 'json' });
    const requested = await ann.post('/api/v1/exports', rows);
    const ended = await ann.delete(`/api/v1/exports/${requested.body.id}`);

    const streamedId = streamed.headers.get('location')!.split('/').at(-2)!;
    expect(await ann.finished(streamedId)).toMatchObject({ status: 'completed', expires_at: null });
    expect(['cancelled', 'expired']).toContain(ended.body.status);
    expect(ended.body.expires_at === null).toBe(ended.body.status === 'cancelled');
  });

  it('is limited by the configuration at the time of completion', async () => {
    const id = idOf(await ann.post('/api/v1/exports', { ...rows, retention_days: LONGEST }));
    await installation.reaches(id, 'completed');
    await installation.sql('UPDATE exports SET retention_seconds = 1000000000 WHERE id = $1', id);

    await installation.sql(`UPDATE exports SET status = 'pending', enqueue_after = now() WHERE id = $1`, id);
    await installation.reaches(id, 'completed');

    expect(await keptFor(id)).toBe(LONGEST * 86_400);
  });
});
