import request from 'supertest';
import { noteBoard } from '../support/boards';
import type { ApiResponse, Client, ExportRecord } from '../support/client';
import type { CustomerClient } from '../support/customers';
import { insertEvent } from '../support/events';
import { Installation } from '../support/installation';
import { createNotes, createSchedule, SCHEDULES } from '../support/schedules';
import { serverSentEvents } from '../support/server-sent-events';
import { until } from '../support/until';

const ANN = '00000000-0000-7000-8000-0000000000aa';
const WAIT = { Prefer: 'wait=30' };

type Way = [what: string, ask: (headers: Readonly<Record<string, string>>) => Promise<ApiResponse>];

const appliedIn = ({ headers }: ApiResponse) => headers.get('preference-applied');

describe('Prefer: wait', () => {
  let installation: Installation;
  let ann: Client;
  let root: Client;
  let partner: CustomerClient;
  let board: string;
  const sql = (statement: string, ...values: unknown[]) => installation.sql(statement, ...values);

  beforeAll(async () => {
    ({ installation } = await Installation.withApplication());
    ann = await installation.asUser(ANN);
    root = await installation.asUser('root', { roles: ['admin'] });
    partner = await installation.asCustomer();
    board = await ann.saveBoard(noteBoard());
    await createNotes(installation, ANN);
  });

  afterAll(() => installation.remove());

  const exportOf = (session: string) => `/api/v1/solo/sessions/${session}/export/`;
  const rows = { type: 'partial', data_types: ['profile'], format: 'json' };
  const ways: Way[] = [
    ['rows', (headers) => ann.post('/api/v1/exports', rows, headers)],
    ['a board', (headers) => ann.post(exportOf(board), { format: 'png' }, headers)],
    [
      'a board of a customer',
      async (headers) =>
        partner.post(
          `/api/v1/customer/solo/sessions/${await partner.startSession('ada')}/export`,
          { format: 'pdf' },
          headers,
        ),
    ],
    [
      'results',
      async (headers) =>
        ann.post(`/api/v1/events/${(await insertEvent(sql, { organizer: ANN })).id}/results/export`, {}, headers),
    ],
    [
      'results of a customer',
      async (headers) => {
        const { id } = await insertEvent(sql, { customer: partner.id });
        return partner.post(`/api/v1/customer/events/${id}/results/export`, {}, headers);
      },
    ],
    [
      'a run of a schedule',
      async (headers) => ann.post(`${SCHEDULES}/${(await createSchedule(ann)).id}/run`, undefined, headers),
    ],
  ];

  it.each(ways)('returns the finished export: %s', async (_, ask) => {
    const response = await ask(WAIT);

    expect([response.status, appliedIn(response)]).toEqual([201, 'wait=30']);
    expect(response.body).toMatchObject({ status: 'completed', file_url: expect.any(String), events_url: null });
    expect(response.headers.get('retry-after')).toBeNull();
    expect(response.headers.get('location')).toContain(response.body.id);
  });

  it('applies to a repeated request', async () => {
    const headers = { ...WAIT, 'Idempotency-Key': 'wait' };

    const first = await ann.post('/api/v1/exports', rows, headers);
    const repeat = await ann.post('/api/v1/exports', rows, headers);

    expect([first.status, repeat.status, appliedIn(repeat)]).toEqual([201, 200, 'wait=30']);
    expect(repeat.body).toMatchObject({ id: first.body.id, status: 'completed' });
  });

  it('returns a failed export', async () => {
    const session = await ann.saveBoard('{"pages":[{"strokes":[]}]}');
    await installation.sql(`UPDATE solo_sessions SET state = 'broken' WHERE id = $1`, session);

    const response = await ann.post(exportOf(session), { format: 'png' }, WAIT);

    expect([response.status, appliedIn(response)]).toEqual([201, 'wait=30']);
    expect(response.body).toMatchObject({ status: 'failed', error: expect.any(String), file_url: null });
  });

  it('is not applied to a response without a record', async () => {
    const response = await root.post('/api/v1/export/bulk', { tables: ['transactions'], format: 'csv' }, WAIT);

    expect([response.status, appliedIn(response)]).toEqual([201, null]);
    expect(response.body).toEqual({ jobId: expect.any(String), status: 'queued' });
  });

  describe('for a board as JSON', () => {
    const state = '{ "pages": [ {"strokes": []} ], "big": 12345678901234567890, "same": 1, "same": 2, "ї": "\\u0457" }';

    it('returns the unchanged state in this response only', async () => {
      const session = await ann.saveBoard(state);

      const response = await ann.post(exportOf(session), { format: 'json' }, WAIT);
      const { id } = response.body as ExportRecord;
      const status = await ann.get(`/api/v1/exports/${id}`);
      const list = await ann.get(`/api/v1/solo/sessions/${session}/exports/`);
      const [event] = await serverSentEvents(ann, `/api/v1/exports/${id}/events`);

      expect([response.status, response.body.status]).toEqual([201, 'completed']);
      expect(response.text.endsWith(`,"data":${state}}`)).toBe(true);
      expect(response.headers.get('content-type')).toMatch(/^application\/json/);
      for (const text of [status.text, list.text, event!.data]) expect(text).not.toContain('"data"');
    });

    it('returns no state for a repeated request after the file was deleted', async () => {
      const session = await ann.saveBoard(state);
      const headers = { 'Idempotency-Key': 'gone' };
      const { body: first } = await ann.post(exportOf(session), { format: 'json' }, { ...headers, ...WAIT });
      const repeat = await ann.post(exportOf(session), { format: 'json' }, headers);
      await ann.delete(`/api/v1/exports/${first.id}`);

      const late = await ann.post(exportOf(session), { format: 'json' }, headers);

      expect([repeat.status, repeat.body.data]).toEqual([200, JSON.parse(state)]);
      expect([late.status, late.body.status]).toEqual([200, 'expired']);
      expect(late.body).not.toHaveProperty('data');
    });

    it('returns no state larger than 5 MB', async () => {
      const text = (bytes: number) => JSON.stringify({ text: 'x'.repeat(bytes - 11) });
      const [largest, larger] = [5 * 1024 * 1024, 5 * 1024 * 1024 + 1];

      const responses = [largest, larger].map(async (bytes) =>
        ann.post(exportOf(await ann.saveBoard(text(bytes))), { format: 'json' }, WAIT),
      );
      const [whole, left] = await Promise.all(responses);

      expect([whole!.body.file_size, whole!.body.data.text.length]).toEqual([largest, largest - 11]);
      expect([left!.body.file_size, left!.body.status]).toEqual([larger, 'completed']);
      expect(left!.body).not.toHaveProperty('data');
    });

    it('returns the state to no other user', async () => {
      const bob = await installation.asUser('bob');

      const response = await bob.post(exportOf(await ann.saveBoard(state)), { format: 'json' }, WAIT);

      expect([response.status, response.text.includes('12345678901234567890')]).toEqual([404, false]);
    });
  });
});

/** Without a worker. */
describe('Prefer: wait, while an export is pending,', () => {
  let installation: Installation;
  let ann: Client;
  let board: string;

  beforeAll(async () => {
    ({ installation } = await Installation.withApplication({ ROLE: 'api' }));
    ann = await installation.asUser('ann');
    board = await ann.saveBoard(noteBoard());
  });

  afterAll(() => installation.remove());

  const ask = (prefer: string) =>
    ann.post(`/api/v1/solo/sessions/${board}/export/`, { format: 'png' }, { Prefer: prefer });

  it('returns the pending export after the time', async () => {
    const before = performance.now();
    const response = await ask('respond-async, wait=1');

    expect(performance.now() - before).toBeGreaterThan(990);
    expect([response.status, appliedIn(response), response.headers.get('retry-after')]).toEqual([201, 'wait=1', '1']);
    expect(response.body).toMatchObject({ status: 'pending', events_url: expect.any(String) });
  });

  it.each(['wait=ten', 'wait', 'respond-async'])('is ignored as %s', async (prefer) => {
    const response = await ask(prefer);

    expect([response.status, appliedIn(response), response.body.status]).toEqual([201, null, 'pending']);
  });

  it('can be sent and read by pages of other origins', async () => {
    const url = installation.host.url;
    const path = `/api/v1/solo/sessions/${board}/export/`;
    const origin = 'https://app.example.com';

    await request(url)
      .options(path)
      .set({ origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'prefer' })
      .expect('access-control-allow-headers', 'prefer');
    await request(url)
      .post(path)
      .set({ ...ann.credentials, origin, prefer: 'wait=0' })
      .expect(201)
      .expect('preference-applied', 'wait=0')
      .expect('access-control-expose-headers', /\bPreference-Applied\b/);
  });

  it('ends at shutdown with the pending export', async () => {
    const service = await installation.start({ ROLE: 'api' });
    const key = 'at-the-end';
    const waiting = (await installation.asUser('ann', { at: service })).post(
      `/api/v1/solo/sessions/${board}/export/`,
      { format: 'json' },
      { ...WAIT, 'Idempotency-Key': key },
    );
    await until('the export is recorded', async () => {
      const [row] = await installation.sql<{ count: number }>(
        'SELECT count(*)::int AS count FROM idempotency_keys WHERE key = $1',
        key,
      );
      return row?.count === 1;
    });

    const [response] = await Promise.all([waiting, service.kill('SIGTERM')]);

    expect([response.status, appliedIn(response), response.body.status]).toEqual([201, null, 'pending']);
  });
});
