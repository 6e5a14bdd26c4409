import request from 'supertest';
import type { Application } from '../support/application';
import type { Client } from '../support/client';
import { Installation } from '../support/installation';

const ID = '00000000-0000-7000-8000-000000000001';
const FRONT_END = 'https://app.example.com';

/** What all routes have in common. */
describe('The HTTP API', () => {
  let installation: Installation;
  let application: Application;

  beforeAll(async () => {
    ({ installation, application } = await Installation.withApplication({ ROLE: 'api' }));
  });

  afterAll(() => installation.remove());

  it('responds to preflight requests of any origin, valid for a day', async () => {
    await request(application.url)
      .options('/api/v1/solo/sessions/')
      .set({ origin: FRONT_END, 'access-control-request-method': 'POST', 'access-control-request-headers': 'x-any' })
      .expect(204)
      .expect('access-control-allow-origin', '*')
      .expect('access-control-allow-methods', /\bPOST\b/)
      .expect('access-control-allow-headers', 'x-any')
      .expect('access-control-max-age', '86400');
  });

  it.each(['ETag', 'Location', 'Retry-After', 'RateLimit', 'RateLimit-Policy', 'X-Request-Id', 'Content-Disposition'])(
    'exposes the header %s to pages of other origins',
    async (header) => {
      const { headers } = await request(application.url).get('/api/v1/exports/').set('origin', FRONT_END);

      expect(headers['access-control-expose-headers']!.split(',')).toContain(header);
    },
  );

  it('lets pages of other origins embed its files', async () => {
    await request(application.url).get('/api/v1/exports/').expect('cross-origin-resource-policy', 'cross-origin');
  });

  it.each(['br', 'gzip', 'identity'])('serves /button.js to pages of every origin, as %s', async (encoding) => {
    const get = () =>
      request(application.url).get('/button.js').set({ origin: FRONT_END, 'accept-encoding': encoding });
    const { status, headers, text } = await get();
    const again = await get().set('if-none-match', headers['etag']!);

    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
      'cache-control': 'public, max-age=600, stale-while-revalidate=86400',
    });
    expect(headers['vary']).toContain('Accept-Encoding');
    expect(headers['content-encoding']).toBe(encoding === 'identity' ? undefined : encoding);
    if (encoding !== 'br') expect(text).toContain('export-button');
    expect(again.status).toBe(304);
  });

  it('sends at most 30 kB for /button.js', async () => {
    const { headers } = await request(application.url).head('/button.js').set('accept-encoding', 'gzip');

    expect(headers['content-encoding']).toBe('gzip');
    expect(Number(headers['content-length'])).toBeLessThanOrEqual(30_000);
  });

  it.each(['/api', '/api/v2/exports/', '/api/v1/nothing', '/api/v1/exports/a/b/c'])(
    'returns 404 as a problem for the unknown route %s',
    async (path) => {
      await request(application.url)
        .get(path)
        .expect(404)
        .expect('content-type', /^application\/problem\+json/)
        .expect('cache-control', 'no-store')
        .expect(({ body }) => {
          expect(body).toMatchObject({ status: 404 });
        });
    },
  );

  it.each([
    [32, false],
    [33, true],
  ])('rejects a body by its depth, with %i levels: %s', async (levels, isRefused) => {
    const ann = await installation.asUser('ann');
    const body = `${'{"filters":'.repeat(levels - 1)}{}${'}'.repeat(levels - 1)}`;

    const { status, body: problem } = await ann.post('/api/v1/exports', body);

    expect([status, problem.detail === 'The body is nested too deeply']).toEqual([400, isRefused]);
  });

  it('rejects a caller without a token before it reads the body', async () => {
    await request(application.url)
      .post('/api/v1/solo/sessions/')
      .set('content-type', 'text/nonsense')
      .send('x'.repeat(300_000))
      .expect(401)
      .expect('www-authenticate', 'Bearer');
  });

  it.each([
    ['/api/docs', /^text\/html/],
    ['/api/openapi.json', /^application\/json/],
    ['/api/openapi.yaml', /^text\/yaml/],
  ])('serves its description at %s without a token', async (path, type) => {
    await request(application.url).get(path).expect(200).expect('content-type', type);
  });
});

describe('The HTTP API with CORS_ORIGINS', () => {
  let installation: Installation;
  let application: Application;
  let ann: Client;

  beforeAll(async () => {
    const environment = { ROLE: 'api', CORS_ORIGINS: `${FRONT_END},https://other.example.com` };
    ({ installation, application } = await Installation.withApplication(environment));
    ann = await installation.asUser('ann');
  });

  afterAll(() => installation.remove());

  it('allows listed origins only', async () => {
    await request(application.url)
      .get('/health/live')
      .set('origin', FRONT_END)
      .expect('access-control-allow-origin', FRONT_END);

    const { headers } = await request(application.url).get('/health/live').set('origin', 'https://evil.example.com');

    expect(headers).not.toHaveProperty('access-control-allow-origin');
    expect(headers).not.toHaveProperty('access-control-allow-credentials');
    expect(headers['vary']).toMatch(/\bOrigin\b/);
  });

  it.each(['https://app.example.com.evil.example', 'http://app.example.com', 'https://app.example.com:8443', 'null'])(
    'does not allow the origin %s',
    async (origin) => {
      const { headers } = await request(application.url).get('/health/live').set('origin', origin);

      expect(headers).not.toHaveProperty('access-control-allow-origin');
      expect(headers).not.toHaveProperty('access-control-allow-credentials');
    },
  );

  it('responds to preflight requests of pages with credentials', async () => {
    await request(application.url)
      .options('/api/v1/solo/sessions/')
      .set({ origin: FRONT_END, 'access-control-request-method': 'POST', 'access-control-request-headers': 'x-any' })
      .expect(204)
      .expect('access-control-allow-origin', FRONT_END)
      .expect('access-control-allow-credentials', 'true')
      .expect('access-control-allow-headers', 'x-any')
      .expect('vary', /\bOrigin\b/);
  });

  it.each<[number, () => request.Test]>([
    [200, () => request(application.url).get('/api/v1/exports/').set(ann.credentials)],
    [401, () => request(application.url).get('/api/v1/exports/')],
    [403, () => request(application.url).get(`/api/v1/exports/${ID}/download?expires=1&signature=x`)],
    [404, () => request(application.url).get('/api/v1/nothing')],
    [
      413,
      () =>
        request(application.url)
          .post('/api/v1/exports')
          .set(ann.credentials)
          .send({ type: 'x'.repeat(300_000) }),
    ],
    [415, () => request(application.url).post('/api/v1/exports').set(ann.credentials).type('text/plain').send('x')],
  ])('lets such a page read a response of status %d', async (status, ask) => {
    const { headers } = await ask().set('origin', FRONT_END).expect(status);

    expect(headers).toMatchObject({
      'access-control-allow-origin': FRONT_END,
      'access-control-allow-credentials': 'true',
      'access-control-expose-headers': expect.stringContaining('Retry-After'),
      vary: expect.stringContaining('Origin'),
    });
  });

  describe('with Basic credentials of an external system that a browser remembers', () => {
    const EVENTS = '/api/v1/customer/events';
    let basic: Readonly<Record<string, string>>;

    beforeAll(async () => {
      basic = (await installation.asCustomer()).credentials;
    });

    it.each([
      ['a page of the list', { origin: FRONT_END, 'sec-fetch-site': 'cross-site' }],
      ['a page of the same site', { origin: FRONT_END, 'sec-fetch-site': 'same-site' }],
      ['a page of the list, by an old browser', { origin: FRONT_END }],
      ['any other page, by an old browser', { origin: 'null' }],
    ])('ignores them for requests of %s', async (_, headers) => {
      await request(application.url).get(EVENTS).set(basic).set(headers).expect(401);
    });

    it.each([
      ['no page', {}],
      ['a page of the service', { 'sec-fetch-site': 'same-origin' }],
      ['the address bar', { 'sec-fetch-site': 'none' }],
    ])('accepts them for requests of %s', async (_, headers) => {
      await request(application.url).get(EVENTS).set(basic).set(headers).expect(200);
    });

    it('accepts them for requests of its own pages in old browsers', async () => {
      await request(application.url).get(EVENTS).set(basic).set('origin', application.url).expect(200);
    });
  });
});
