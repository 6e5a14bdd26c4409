import { exported, FakeService, json, problem, settled } from '../test/fake-service.js';
import { ConnectionError, RateLimitedError, UnauthorizedError } from './errors.js';
import type { Retry } from './retry.js';

describe('The requests of a client', () => {
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  const board = { board: 'b1', format: 'pdf' } as const;

  it('are repeated with the same idempotency key while the service is away', async () => {
    const service = new FakeService(['lost', problem(503, 'service-unavailable'), json(exported(), { status: 201 })]);

    await settled(service.client.exports.create(board));

    const keys = new Set(service.headers('Idempotency-Key'));
    expect(service.requests).toHaveLength(3);
    expect([...keys]).toEqual([expect.stringMatching(/^[\da-f]{32}$/)]);
    expect(await Promise.all(service.requests.map((request) => request.json()))).toEqual(
      Array(3).fill({ format: 'pdf' }),
    );
  });

  it('are repeated when the connection breaks within the answer', async () => {
    const broken = new ReadableStream({
      start: (controller) => {
        controller.error(new TypeError('terminated'));
      },
    });
    const headers = { 'Content-Type': 'application/json' };
    const service = new FakeService([new Response(broken, { headers }), json(exported())]);

    expect(await settled(service.client.exports.get('0197'))).toMatchObject({ id: '0197' });
  });

  it('wait as long as the service demands', async () => {
    const retries: Retry[] = [];
    const limited = problem(429, 'rate-limit-exceeded', { 'Retry-After': '20' });
    const service = new FakeService([limited, json(exported())], { onRetry: (retry) => retries.push(retry) });

    await settled(service.client.exports.get('0197'));

    expect(retries).toMatchObject([{ delayMs: 20_000, error: { code: 'rate-limit-exceeded' } }]);
  });

  it('fail with the error of the service where it demands more patience than the client has', async () => {
    const service = new FakeService([problem(429, 'rate-limit-exceeded', { 'Retry-After': '3600' })]);

    const error: unknown = await settled(service.client.exports.get('0197').catch((thrown: unknown) => thrown));

    expect(error).toBeInstanceOf(RateLimitedError);
    expect(error).toMatchObject({ status: 429, retryAfterSeconds: 3600, requestId: 'request-1' });
  });

  it('fail with a connection error when the service stays away', async () => {
    const service = new FakeService(Array(50).fill('lost'), { retryTimeoutMs: 30_000 });

    await expect(settled(service.client.exports.list())).rejects.toBeInstanceOf(ConnectionError);
    expect(service.requests.length).toBeGreaterThan(4);
  });

  it('fail with a connection error when nothing arrives', async () => {
    const silent = new FakeService(
      [() => new Response(new ReadableStream(), { headers: { 'Content-Type': 'application/json' } })],
      {
        idleTimeoutMs: 5_000,
        retryTimeoutMs: 0,
      },
    );

    await expect(settled(silent.client.exports.get('0197'))).rejects.toThrow('nothing arrived for 5 seconds');
  });

  it('have a new token after one has expired', async () => {
    const tokens = ['expired', 'fresh'];
    const service = new FakeService([problem(401, 'unauthorized'), json(exported())], {
      token: () => tokens.shift() ?? '',
    });

    await service.client.exports.get('0197');

    expect(service.headers('Authorization')).toEqual(['Bearer expired', 'Bearer fresh']);
  });

  it('are not repeated with a token that is wrong', async () => {
    const service = new FakeService([problem(401, 'unauthorized')], { token: 'wrong' });

    await expect(service.client.exports.get('0197')).rejects.toBeInstanceOf(UnauthorizedError);
  });

  it('do not repeat a PATCH, which could be applied twice', async () => {
    const service = new FakeService(['lost', json({})]);
    const path = '/api/v1/solo/sessions/{id}';

    await expect(service.client.api.PATCH(path, { params: { path: { id: 'b1' } }, body: {} })).rejects.toThrow(
      ConnectionError,
    );
  });

  it('use the routes and the credentials of an external system', async () => {
    const service = new FakeService([json(exported())], { token: undefined, customer: { id: 'id', secret: 'secret' } });

    await service.client.exports.create({ event: 'e1' });

    expect(service.requests[0]?.url).toBe('https://exports.test/api/v1/customer/events/e1/results/export');
    expect(service.headers('Authorization')).toEqual([`Basic ${btoa('id:secret')}`]);
  });

  it('stop when they are aborted between two attempts', async () => {
    const abort = new AbortController();
    const service = new FakeService(['lost', 'lost'], {
      onRetry: () => {
        abort.abort(new Error('enough'));
      },
    });

    await expect(settled(service.client.exports.get('0197', { signal: abort.signal }))).rejects.toThrow('enough');
    expect(service.requests).toHaveLength(1);
  });
});
