import request from 'supertest';
import type { Application } from '../support/application';
import { Installation } from '../support/installation';

const FRONT_END = 'https://app.example.com';

/** What holds for every route, whatever it does. */
describe('The HTTP API', () => {
  let installation: Installation;
  let application: Application;

  beforeAll(async () => {
    ({ installation, application } = await Installation.withApplication({ ROLE: 'api' }));
  });

  afterAll(() => installation.remove());

  it('answers the preflight request of a browser on any origin, for a day', async () => {
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
    'lets a page of another origin read the header %s',
    async (header) => {
      const { headers } = await request(application.url).get('/api/v1/exports/').set('origin', FRONT_END);

      expect(headers['access-control-expose-headers']!.split(',')).toContain(header);
    },
  );

  it('lets a page of another origin show what it serves', async () => {
    await request(application.url).get('/api/v1/exports/').expect('cross-origin-resource-policy', 'cross-origin');
  });

  it.each(['/api', '/api/v2/exports/', '/api/v1/nothing', '/api/v1/exports/a/b/c'])(
    'returns 404 as a problem for %s, which is no route',
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

  it('refuses a caller without a token before it reads the body', async () => {
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
  ])('describes itself at %s without a token', async (path, type) => {
    await request(application.url).get(path).expect(200).expect('content-type', type);
  });
});

describe('With CORS_ORIGINS, the HTTP API', () => {
  let installation: Installation;
  let application: Application;

  beforeAll(async () => {
    const environment = { ROLE: 'api', CORS_ORIGINS: `${FRONT_END},https://other.example.com` };
    ({ installation, application } = await Installation.withApplication(environment));
  });

  afterAll(() => installation.remove());

  it('names an origin of the list, and no other', async () => {
    await request(application.url)
      .get('/health/live')
      .set('origin', FRONT_END)
      .expect('access-control-allow-origin', FRONT_END);

    const { headers } = await request(application.url).get('/health/live').set('origin', 'https://evil.example.com');

    expect(headers).not.toHaveProperty('access-control-allow-origin');
    expect(headers['vary']).toMatch(/\bOrigin\b/);
  });
});
