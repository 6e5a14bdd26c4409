import { noteBoard } from '../support/boards';
import type { Client } from '../support/client';
import { Installation } from '../support/installation';

describe('The rate limit of board exports', () => {
  let installation: Installation;

  beforeAll(async () => {
    installation = await Installation.create({ RATE_LIMIT_BOARDS: '2/1h' });
    await Promise.all([installation.startApplication(), installation.start()]);
  });

  afterAll(() => installation.remove());

  async function exporting(user: string, tenant?: string): Promise<{ here: Client; there: Client; path: string }> {
    const [at, elsewhere] = installation.hosts;
    const here = await installation.asUser(user, { at, tenant });
    const there = await installation.asUser(user, { at: elsewhere, tenant });
    return { here, there, path: `/api/v1/solo/sessions/${await here.saveBoard(noteBoard())}/export/` };
  }

  it('is counted across all processes and reported in each response', async () => {
    const { here, there, path } = await exporting('ann');

    const first = await here.post(path, { format: 'json' });
    const second = await there.post(path, { format: 'json' });
    const third = await here.post(path, { format: 'json' });

    expect([first.status, second.status, third.status]).toEqual([201, 201, 429]);
    expect(first.headers.get('ratelimit-policy')).toBe('"board";q=2;w=3600');
    expect(first.headers.get('ratelimit')).toMatch(/^"board";r=1;t=\d+$/);
    expect(second.headers.get('ratelimit')).toMatch(/^"board";r=0;t=\d+$/);
    expect(third.headers.get('ratelimit')).toMatch(/^"board";r=0;t=\d+$/);
    expect(third.body).toMatchObject({ status: 429, title: 'Too Many Requests', code: 'rate-limit-exceeded' });
    const wait = Number(third.headers.get('retry-after'));
    expect(wait).toBeGreaterThan(3500);
    expect(wait).toBeLessThanOrEqual(3600);
  });

  it('accepts exactly the allowed number of concurrent requests', async () => {
    const { here, there, path } = await exporting('bob');

    const responses = await Promise.all(
      Array.from({ length: 12 }, (_, index) => (index % 2 ? here : there).post(path, { format: 'json' })),
    );

    expect(responses.filter(({ status }) => status === 201)).toHaveLength(2);
    expect(responses.filter(({ status }) => status === 429)).toHaveLength(10);
  });

  it('counts neither repeated nor rejected requests', async () => {
    const { here, path } = await exporting('cid');
    const key = { 'Idempotency-Key': 'the-same' };

    expect((await here.post(path, { format: 'gif' })).status).toBe(400);
    expect((await here.post(path, { format: 'json' }, key)).status).toBe(201);
    expect((await here.post(path, { format: 'json' }, key)).status).toBe(200);
    expect((await here.post(path, { format: 'json' })).status).toBe(201);
    expect((await here.post(path, { format: 'json' })).status).toBe(429);
    expect((await here.post(path, { format: 'json' }, key)).status).toBe(200);
  });

  it('is separate for each user in each tenant', async () => {
    const [blue, red] = [await exporting('dan', 'blue'), await exporting('dan', 'red')];
    await blue.here.post(blue.path, { format: 'json' });
    await blue.here.post(blue.path, { format: 'json' });

    expect((await blue.here.post(blue.path, { format: 'json' })).status).toBe(429);
    expect((await red.here.post(red.path, { format: 'json' })).status).toBe(201);
  });
});
