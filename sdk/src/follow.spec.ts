import { body, exported, FakeService, json, problem, settled } from '../test/fake-service.js';
import { ExportCancelledError, ExportFailedError } from './errors.js';
import type { Export } from './types.js';

const LINK = 'https://exports.test/api/v1/exports/0197/events?signature=s';
const PENDING = exported({ status: 'pending', events_url: LINK });
const RUNNING = exported({ status: 'processing', events_url: LINK });
const COMPLETED = exported();

describe('Following an export', () => {
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  const events = (...records: Export[]) =>
    new Response(
      body([': still working\n\n', ...records.map((record) => `id: 1\ndata: ${JSON.stringify(record)}\n\n`)]),
    );

  async function statuses(service: FakeService): Promise<string[]> {
    const seen: string[] = [];
    await settled(service.client.exports.follow('0197', { onProgress: ({ status }) => seen.push(status) }));
    return seen;
  }

  it('reads events of the signed URL, without credentials', async () => {
    const service = new FakeService([json(PENDING), events(RUNNING, COMPLETED)]);

    expect(await statuses(service)).toEqual(['pending', 'processing', 'completed']);
    expect(service.requests[1]?.url).toBe(LINK);
    expect(service.headers('Authorization')).toEqual(['Bearer token', null]);
  });

  it('asks for a new link when a stream ends before the export', async () => {
    const service = new FakeService([json(PENDING), events(RUNNING), json(RUNNING), events(COMPLETED)]);

    expect(await statuses(service)).toEqual(['pending', 'processing', 'processing', 'completed']);
  });

  it('polls where no event arrives, as often as the service says', async () => {
    const pending = () => json(PENDING, { headers: { ETag: 'W/"1"', 'Retry-After': '7' } });
    const unchanged = new Response(null, { status: 304, headers: { ETag: 'W/"1"', 'Retry-After': '7' } });
    const streams = [problem(429, 'too-many-event-streams'), 'lost', problem(403, 'forbidden')] as const;
    const service = new FakeService([
      json(PENDING),
      ...streams.flatMap((stream) => [stream, pending()]),
      unchanged,
      json(COMPLETED),
    ]);
    const began = Date.now();

    await statuses(service);

    expect(service.headers('If-None-Match').slice(-2)).toEqual(['W/"1"', 'W/"1"']);
    expect(Date.now() - began).toBeGreaterThanOrEqual(14_000);
  });

  it.each([
    ['failed', { error: 'Too large', error_code: 'drawing-too-large' }, ExportFailedError],
    ['cancelled', {}, ExportCancelledError],
  ] as const)('throws where the export %s', async (status, fields, type) => {
    const ended = exported({ status, ...fields });
    const service = new FakeService([json(ended)]);

    const error: unknown = await service.client.exports.follow('0197').catch((thrown: unknown) => thrown);

    expect(error).toBeInstanceOf(type);
    expect(error).toMatchObject({ export: { id: '0197' } });
  });

  it('creates and follows in one call', async () => {
    const service = new FakeService([json(PENDING, { status: 201 }), events(COMPLETED)]);

    expect(await settled(service.client.exports.run({ board: 'b1' }))).toMatchObject({ status: 'completed' });
    expect(service.requests).toHaveLength(2);
  });

  it('ends when it is aborted', async () => {
    const abort = new AbortController();
    const service = new FakeService([json(PENDING), events(RUNNING), json(RUNNING)]);
    const following = service.client.exports.follow('0197', {
      signal: abort.signal,
      onProgress: ({ status }) => {
        if (status === 'processing') abort.abort(new Error('enough'));
      },
    });

    await expect(settled(following)).rejects.toThrow('enough');
  });

  it('does not delete the file of an export that ended before it was cancelled', async () => {
    const service = new FakeService([json(COMPLETED)]);

    expect(await service.client.exports.cancel('0197')).toMatchObject({ status: 'completed' });
    expect(service.requests.map(({ method }) => method)).toEqual(['GET']);
  });
});
