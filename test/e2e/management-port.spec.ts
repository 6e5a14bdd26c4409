import { request as sendRequest } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import request from 'supertest';
import type { Application } from '../support/application';
import { Installation } from '../support/installation';
import { freePort } from '../support/service';
import { SlowBody } from '../support/slow-body';
import { until } from '../support/until';

const PATHS = ['/health/live', '/health/ready', '/metrics'];

describe.each(['api', 'worker'])('A process with MANAGEMENT_PORT and the role %s', (ROLE) => {
  let installation: Installation;
  let application: Application;

  beforeAll(async () => {
    const environment = { ROLE, MANAGEMENT_PORT: String(await freePort()) };
    ({ installation, application } = await Installation.withApplication(environment));
  });

  afterAll(() => installation.remove());

  it.each(PATHS)('serves %s on that port', async (path) => {
    await request(application.managementUrl).get(path).expect(200);
  });

  it.each([...PATHS, '/health/ready/', '/HEALTH/ready', '/metrics?a=b', '/health'])(
    'returns 404 for %s on PORT',
    async (path) => {
      await request(application.url).get(path).expect(404);
    },
  );

  it('returns 404 on PORT for a path with the origin before it', async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const requested = sendRequest(application.url, { path: `${application.url}/metrics` }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      requested.on('error', reject).end();
    });

    expect(status).toBe(404);
  });

  it.each(['/api/v1/exports/', '/api/openapi.json', '/api/docs', '/', '/healthy'])(
    'returns 404 for %s on that port',
    async (path) => {
      await request(application.managementUrl).get(path).expect(404);
    },
  );
});

describe('A process with MANAGEMENT_PORT that shuts down', () => {
  let installation: Installation;

  beforeAll(async () => {
    installation = await Installation.create({ STORAGE: 'disk' });
  });

  afterAll(() => installation.remove());

  it('is not ready from the signal to its end', async () => {
    const service = await installation.start({ ROLE: 'api', MANAGEMENT_PORT: String(await freePort()) });
    const ann = await installation.asUser('ann', { at: service });
    const body = JSON.stringify({ name: 'Late', state: { pages: [{}] } });
    const headers = { ...ann.credentials, 'content-length': String(body.length) };
    // A request under way keeps the process from ending at once.
    const request = SlowBody.begin(service.url, '/api/v1/solo/sessions/', headers, body.slice(0, 10));
    await until('the first bytes are sent', () => request.isSent);
    await ann.get('/api/v1/solo/sessions/');
    const readiness = () => fetch(`${service.managementUrl}/health/ready`).then(({ status }) => status);

    const ended = service.kill('SIGTERM');
    await until('it is not ready', async () => (await readiness()) === 503);
    const seen = [await readiness(), await readiness()];
    request.send(body.slice(10));
    while (service.isRunning) {
      const status = await readiness().catch(() => null);
      if (status) seen.push(status);
      await pause(20);
    }
    await ended;

    expect(request.status).toBe(201);
    expect(new Set(seen)).toEqual(new Set([503]));
  });
});
