import { body, exported, FakeService, json, problem, settled } from '../test/fake-service.js';
import { UnauthorizedError } from './errors.js';
import type { ClientOptions } from './transport.js';
import type { Export } from './types.js';
import type { WatchOptions } from './watch.js';

const CONNECTED = 'event: connected\ndata: {}\n\n';

const recordAt = (id: string, status: Export['status'], second: number) =>
  exported({ id, status, updated_at: `2026-11-30T10:00:${String(second).padStart(2, '0')}.000Z` });
const event = (record: Export) => `id: W/"1"\ndata: ${JSON.stringify(record)}\n\n`;
const list = (...results: Export[]) => json({ count: results.length, next: null, results });
const stream = (...events: string[]) => new Response(body([': still connected\n\n', ...events]));
const brokenStream = (...events: string[]) => new Response(body(events, 'lost'));

describe('Watching all exports', () => {
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  /** Watches until an export with the id `last` changes. */
  async function watched(
    answers: ConstructorParameters<typeof FakeService>[0],
    { client = {}, ...options }: Partial<WatchOptions> & { client?: Partial<ClientOptions> } = {},
  ) {
    const service = new FakeService(answers, client);
    const enough = new AbortController();
    const seen: string[] = [];
    const onChange = ({ id, status }: Export) => {
      seen.push(`${id} ${status}`);
      if (id === 'last') enough.abort(new Error('enough'));
    };
    const began = Date.now();
    await settled(service.client.exports.watch({ signal: enough.signal, onChange, ...options }));
    return { service, seen, tookMs: Date.now() - began };
  }

  const LAST = event(recordAt('last', 'completed', 59));

  it('loads the newest exports once connected, and reports changes after them', async () => {
    const lists: string[][] = [];
    const { service, seen } = await watched(
      [
        stream(event(recordAt('old', 'processing', 1)), CONNECTED, event(recordAt('new', 'processing', 8)), LAST),
        list(recordAt('new', 'pending', 7)),
      ],
      { onConnected: ({ results }) => lists.push(results.map(({ id, status }) => `${id} ${status}`)), limit: 20 },
    );

    expect(lists).toEqual([['new pending']]);
    expect(seen).toEqual(['old processing', 'new processing', 'last completed']);
    expect(service.requests.map(({ url }) => url)).toEqual([
      'https://exports.test/api/v1/exports/events',
      'https://exports.test/api/v1/exports?limit=20',
    ]);
    expect(service.headers('Authorization')).toEqual(['Bearer token', 'Bearer token']);
  });

  it('reports each of the newest exports where nothing else takes them', async () => {
    const { seen } = await watched([stream(CONNECTED, LAST), list(recordAt('one', 'completed', 1))]);

    expect(seen).toEqual(['one completed', 'last completed']);
  });

  it('leaves out events that are older than the loaded list', async () => {
    const { seen } = await watched([
      stream(event(recordAt('one', 'processing', 1)), CONNECTED, event(recordAt('one', 'processing', 2)), LAST),
      list(recordAt('one', 'completed', 3)),
    ]);

    expect(seen).toEqual(['one completed', 'last completed']);
  });

  it('connects and loads again after a connection that broke', async () => {
    const { seen } = await watched([
      brokenStream(CONNECTED),
      list(recordAt('one', 'processing', 1)),
      'lost',
      problem(503, 'unavailable'),
      stream(CONNECTED, LAST),
      list(recordAt('one', 'completed', 2)),
    ]);

    expect(seen).toEqual(['one processing', 'one completed', 'last completed']);
  });

  it('outlasts an outage that is longer than requests are repeated for', async () => {
    const outage = Array.from({ length: 30 }, () => 'lost' as const);

    const { seen, tookMs } = await watched([...outage, stream(CONNECTED, LAST), list()], {
      client: { retryTimeoutMs: 1_000 },
    });

    expect(seen).toEqual(['last completed']);
    expect(tookMs).toBeGreaterThan(60_000);
  });

  it('waits as long as the service demands when too many streams are open', async () => {
    const { tookMs } = await watched([
      problem(429, 'too-many-event-streams', { 'Retry-After': '30' }),
      stream(CONNECTED, LAST),
      list(),
    ]);

    expect(tookMs).toBeGreaterThanOrEqual(30_000);
  });

  it('uses a new token when its stream ends with the old one, and after a 401', async () => {
    let tokens = 0;
    const { service } = await watched(
      [stream(CONNECTED), list(), problem(401, 'unauthorized'), stream(CONNECTED, LAST), list()],
      { client: { token: () => `token ${(tokens += 1)}` } },
    );

    expect(service.headers('Authorization')).toEqual([1, 2, 3, 4, 5].map((count) => `Bearer token ${count}`));
  });

  it('throws where there is no valid token', async () => {
    const watching = watched([problem(401, 'unauthorized')]);

    await expect(watching).rejects.toBeInstanceOf(UnauthorizedError);
  });

  it('ends while it waits for the next attempt', async () => {
    const abort = new AbortController();
    const service = new FakeService(['lost'], {
      onRetry: () => {
        abort.abort();
      },
    });

    await settled(service.client.exports.watch({ signal: abort.signal, onChange: () => undefined }));

    expect(service.requests).toHaveLength(1);
  });
});
