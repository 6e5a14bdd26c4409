import { noteBoard } from '../../support/boards';
import { type ApiResponse, follow } from '../../support/client';
import { Installation } from '../../support/installation';
import { until } from '../../support/until';

/** Clients, browsers and proxies go by these headers. */
describe('The headers of responses', () => {
  let installation: Installation;

  beforeAll(async () => {
    ({ installation } = await Installation.withService({ STORAGE: 'disk', RATE_LIMIT_BOARDS: '1/1h' }));
  });

  afterAll(() => installation.remove());

  const shown = ({ headers }: ApiResponse, ...names: string[]) =>
    Object.fromEntries(names.map((name) => [name, headers.get(name)]));

  it('are unchanged for clients of the last release', async () => {
    const ann = await installation.asUser('ann');
    const session = await ann.saveBoard(noteBoard(), 'Алгебра');
    const path = `/api/v1/solo/sessions/${session}/export`;

    // A busy machine may answer 503 to the first request of a service.
    const created = await until('the export is granted', async () => {
      const response = await ann.post(path, { format: 'json' }, { 'X-Request-Id': 'request-1' });
      return response.status !== 503 && response;
    });
    const refused = await ann.post(path, { format: 'json' });
    const { id } = created.body;
    const done = await ann.finished(id as string);
    const status = await ann.get(`/api/v1/exports/${id}`);
    const unchanged = await ann.get(`/api/v1/exports/${id}`, { 'If-None-Match': status.headers.get('etag')! });
    const file = await follow(done.file_url);
    const part = await follow(done.file_url, { range: 'bytes=1-3' });
    const anonymous = await installation.asAnonymous().get('/api/v1/exports');

    expect(shown(created, 'location', 'retry-after', 'ratelimit-policy', 'ratelimit', 'x-request-id')).toEqual({
      location: `/api/v1/exports/${id}/`,
      'retry-after': '1',
      'ratelimit-policy': '"board";q=1;w=3600',
      ratelimit: expect.stringMatching(/^"board";r=0;t=(3600|35\d\d)$/),
      'x-request-id': 'request-1',
    });
    expect([refused.status, refused.headers.get('content-type')]).toEqual([429, expect.stringMatching(PROBLEM)]);
    expect(shown(refused, 'retry-after', 'ratelimit', 'cache-control')).toEqual({
      'retry-after': expect.stringMatching(/^(3600|35\d\d)$/),
      ratelimit: expect.stringMatching(/^"board";r=0;t=(3600|35\d\d)$/),
      'cache-control': 'no-store',
    });
    expect(shown(status, 'etag', 'cache-control', 'content-type')).toEqual({
      etag: expect.stringMatching(/^W\/"[\da-z-]+"$/),
      'cache-control': 'private, no-cache',
      'content-type': 'application/json; charset=utf-8',
    });
    expect(unchanged.status).toBe(304);
    expect(shown(file, 'content-type', 'content-length', 'accept-ranges', 'etag', 'content-disposition')).toEqual({
      'content-type': 'application/json; charset=utf-8',
      'content-length': String(done.file_size),
      'accept-ranges': 'bytes',
      etag: `"${done.sha256}"`,
      'content-disposition': `attachment; filename="_______.json"; filename*=UTF-8''${encodeURIComponent('Алгебра')}.json`,
    });
    expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 1-3/${done.file_size}`]);
    expect([anonymous.status, anonymous.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
  });
});

const PROBLEM = /^application\/problem\+json/;
