import { randomUUID } from 'node:crypto';
import type { ApiResponse, Client } from '../support/client';
import { Installation } from '../support/installation';

const FILE = { type: 'partial', format: 'csv', data_types: ['transactions'] };
const STREAM = { ...FILE, type: 'realtime' };
const BULK = { tables: ['transactions'], format: 'csv' };

/** A person at two processes. */
interface Person {
  readonly here: Client;
  readonly there: Client;
  readonly id: string;
}

async function personOf(installation: Installation, tenant?: string): Promise<Person> {
  const id = randomUUID();
  const [at, elsewhere] = installation.hosts;
  const roles = ['admin'];
  return {
    id,
    here: await installation.asUser(id, { at, tenant, roles }),
    there: await installation.asUser(id, { at: elsewhere, tenant, roles }),
  };
}

describe('The rate limit of data exports', () => {
  let installation: Installation;

  beforeAll(async () => {
    installation = await Installation.create({ RATE_LIMIT_EXPORTS: '3/1h' });
    await Promise.all([installation.startApplication(), installation.start()]);
  });

  afterAll(() => installation.remove());

  it('applies to schedules that are run manually, even after they are deleted and recreated', async () => {
    const { here, there } = await personOf(installation);
    const runOfANewOne = async (client: Client) => {
      const body = { name: 'again', data_types: ['transactions'], format: 'csv', frequency: 'daily' };
      const { body: schedule } = await client.post('/api/v1/exports/scheduled', body);
      const { status } = await client.post(`/api/v1/exports/scheduled/${schedule.id}/run`);
      await client.delete(`/api/v1/exports/scheduled/${schedule.id}`);
      return status;
    };

    const statuses: number[] = [];
    for (const client of [here, there, here, there]) statuses.push(await runOfANewOne(client));

    expect(statuses).toEqual([201, 201, 201, 429]);
  });

  it('counts files, streams and whole tables together across all processes', async () => {
    const { here, there } = await personOf(installation);

    const granted = [
      await here.post('/api/exports', FILE),
      await there.post('/api/v1/exports/', STREAM),
      await here.post('/api/export/bulk', BULK),
    ];
    const refused = [
      await there.post('/api/exports', FILE),
      await here.post('/api/exports', STREAM),
      await there.post('/api/export/bulk', BULK),
    ];

    expect(granted.map(({ status }) => status)).toEqual([201, 200, 201]);
    for (const [index, { headers }] of granted.entries()) {
      expect(headers.get('ratelimit-policy')).toBe('"data";q=3;w=3600');
      expect(headers.get('ratelimit')).toMatch(new RegExp(`^"data";r=${2 - index};t=\\d+$`));
    }
    for (const { status, headers, body } of refused) {
      expect([status, body.code]).toEqual([429, 'rate-limit-exceeded']);
      expect(headers.get('ratelimit')).toMatch(/^"data";r=0;t=\d+$/);
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(3_500);
      expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(3_600);
    }
  });

  it('counts user documents', async () => {
    const { here, there, id } = await personOf(installation);
    await installation.sql(`INSERT INTO users (id, name, email) VALUES ($1, 'Ann', $2)`, id, `${id}@example.com`);
    const path = `/api/export/user/${id}?format=csv`;

    const responses = [await here.get(path), await there.get(path), await here.get(path), await there.get(path)];

    expect(responses.map(({ status }) => status)).toEqual([200, 200, 200, 429]);
  });

  it('accepts exactly the allowed number of concurrent requests', async () => {
    const { here, there } = await personOf(installation);

    const responses = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        (index % 2 ? here : there).post('/api/exports', index % 3 ? FILE : STREAM),
      ),
    );

    expect(responses.filter(({ status }) => status < 300)).toHaveLength(3);
    expect(responses.filter(({ status }) => status === 429)).toHaveLength(9);
  });

  it('counts neither repeated nor rejected requests', async () => {
    const { here, there } = await personOf(installation);
    const key = { 'Idempotency-Key': 'the-same' };

    const refusals = [
      await here.post('/api/exports', { ...FILE, format: 'pdf' }),
      await here.post('/api/exports', { ...FILE, data_types: ['nonsense'] }),
      await here.post('/api/exports', { ...FILE, filters: { transactions: { nonsense: 1 } } }),
      await here.post('/api/exports', { ...STREAM, filters: { transactions: { amount: 'much' } } }),
      await here.post('/api/export/bulk', { ...BULK, tables: ['exports'] }),
      await here.get(`/api/export/user/${randomUUID()}`),
    ];
    const granted: ApiResponse[] = [];
    for (let turn = 0; turn < 4; turn += 1)
      granted.push(await (turn % 2 ? here : there).post('/api/exports', FILE, key));
    granted.push(await here.post('/api/exports', FILE), await here.post('/api/exports', FILE));
    const last = await here.post('/api/exports', FILE);
    const repeat = await here.post('/api/exports', FILE, key);

    expect(refusals.map(({ status }) => status)).toEqual([400, 400, 400, 400, 400, 404]);
    expect(granted.map(({ status }) => status)).toEqual([201, 200, 200, 200, 201, 201]);
    expect([last.status, repeat.status]).toEqual([429, 200]);
  });

  it('is separate for each user and tenant', async () => {
    const [blue, other] = [await personOf(installation, 'blue'), await personOf(installation, 'blue')];
    const red = await installation.asUser(blue.id, { tenant: 'red' });
    for (let turn = 0; turn < 3; turn += 1) await blue.here.post('/api/exports', FILE);

    expect((await blue.there.post('/api/exports', FILE)).status).toBe(429);
    expect((await other.here.post('/api/exports', FILE)).status).toBe(201);
    expect((await red.post('/api/exports', FILE)).status).toBe(201);
  });
});

describe('The Idempotency-Key of a data export', () => {
  let installation: Installation;

  beforeAll(async () => {
    ({ installation } = await Installation.withApplication());
    await installation.start();
  });

  afterAll(() => installation.remove());

  it.each<[string, string, object]>([
    ['a file', '/api/exports', FILE],
    ['whole tables', '/api/export/bulk', BULK],
  ])('creates one %s for twenty concurrent requests', async (_, path, body) => {
    const { here, there, id } = await personOf(installation);

    const responses = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        (index % 2 ? here : there).post(path, body, { 'Idempotency-Key': 'at-once' }),
      ),
    );

    expect(responses.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(responses.filter(({ status }) => status === 200)).toHaveLength(19);
    expect(new Set(responses.map(({ body }) => (body.id ?? body.jobId) as string)).size).toBe(1);
    expect(await installation.sql('SELECT count(*)::int FROM exports WHERE user_id = $1', id)).toEqual([{ count: 1 }]);
  });

  it('returns the record of a stream for a repeated request', async () => {
    const { here, there } = await personOf(installation);
    const key = { 'X-Idempotency-Key': 'stream' };

    const first = await here.post('/api/exports', STREAM, key);
    const repeat = await there.post('/api/exports', STREAM, key);

    expect([first.status, first.headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8']);
    expect(repeat.status).toBe(200);
    expect(repeat.body).toMatchObject({ type: 'realtime', status: 'completed', file_url: null, record_count: 0 });
    expect(first.headers.get('location')).toContain(repeat.body.id);
  });

  it('starts one stream for many concurrent requests', async () => {
    const { here, there, id } = await personOf(installation);

    const responses = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        (index % 2 ? here : there).post('/api/exports', STREAM, { 'Idempotency-Key': 'streams-at-once' }),
      ),
    );

    expect(responses.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200));
    expect(responses.filter(({ headers }) => headers.get('content-type')!.startsWith('text/csv'))).toHaveLength(1);
    expect(await installation.sql('SELECT count(*)::int FROM exports WHERE user_id = $1', id)).toEqual([{ count: 1 }]);
  });

  it.each<[string, object]>([
    ['filters', { filters: { transactions: { amount: { gte: 1 } } } }],
    ['columns', { columns: ['id'] }],
    ['options', { options: { bom: true } }],
    ['time zone', { options: { timezone: 'Europe/Kyiv' } }],
    ['data types', { data_types: ['transactions', 'courses'] }],
    ['type', { type: 'realtime' }],
    ['format', { format: 'json' }],
  ])('is rejected with different %s', async (_, difference) => {
    const { here, there } = await personOf(installation);
    const key = { 'Idempotency-Key': 'reused' };
    await here.post('/api/exports', FILE, key);

    const { status, body } = await there.post('/api/exports', { ...FILE, ...difference }, key);

    expect([status, body.code]).toEqual([422, 'idempotency-key-reused']);
  });

  it('is shared by all spellings of a path but not by users', async () => {
    const [ann, bob] = [await personOf(installation), await personOf(installation)];
    const key = { 'Idempotency-Key': 'mine' };

    const anns = await ann.here.post('/api/exports', FILE, key);
    const again = await ann.here.post('/api/v1/exports/', FILE, key);
    const bobs = await bob.here.post('/api/exports', FILE, key);

    expect([anns.status, again.status, bobs.status]).toEqual([201, 200, 201]);
    expect(again.body.id).toBe(anns.body.id);
    expect(bobs.body.id).not.toBe(anns.body.id);
  });
});
