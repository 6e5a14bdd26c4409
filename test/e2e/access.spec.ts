import { randomBytes } from 'node:crypto';
import { noteBoard } from '../support/boards';
import { Client } from '../support/client';
import { insertEvent, insertParticipant } from '../support/events';
import { Installation } from '../support/installation';
import { signedToken, TEST_SECRET } from '../support/tokens';

interface Route {
  /** As the description has it. */
  readonly name: string;
  readonly method: string;
  readonly path: string;
}

/** A list is one's own, a creation is one's own: there they are let in, and see and touch nothing of others. */
const OWN_THINGS = [
  'GET /api/v1/exports',
  'GET /api/v1/events',
  'GET /api/v1/solo/sessions',
  'POST /api/v1/solo/sessions',
  'GET /api/v1/exports/scheduled',
  'POST /api/v1/exports/scheduled',
  'POST /api/v1/exports/scheduled/preview',
  'GET /api/v1/exports/events',
  'GET /api/v1/session',
];

/** It takes a code instead of a token, and refuses a body without one. */
const PUBLIC = 'POST /api/v1/console/sign-in';

/** It never ends by itself. */
const STREAM = 'GET /api/v1/exports/events';

const SCHEDULE = { name: 'mine', format: 'csv', frequency: 'daily' };

/** Routes without an owner: users and administrators of one tenant get 403. */
const BY_RIGHT: Readonly<Record<string, { person: number; admin: number }>> = {
  [PUBLIC]: { person: 400, admin: 400 },
  'POST /api/v1/exports': { person: 400, admin: 400 },
  'POST /api/v1/exports/destinations/test': { person: 400, admin: 400 },
  'POST /api/v1/export/bulk': { person: 403, admin: 400 },
  'GET /api/v1/exports/stats': { person: 403, admin: 200 },
  'GET /api/v1/exports/audit': { person: 403, admin: 200 },
  'GET /api/v1/exports/data-types': { person: 200, admin: 200 },
  'GET /api/v1/exports/data-types/tables': { person: 200, admin: 200 },
  'GET /api/v1/exports/data-types/source-tables': { person: 403, admin: 403 },
  'POST /api/v1/exports/data-types': { person: 403, admin: 403 },
  'PUT /api/v1/exports/data-types/{id}': { person: 403, admin: 403 },
  'DELETE /api/v1/exports/data-types/{id}': { person: 403, admin: 403 },
};

/** For external systems: no token opens them. */
const OF_CUSTOMERS = / \/api\/v1\/customer\//;

/** Resources of ann: as ann in her tenant, and then an export of hers. */
const OF_ANN = 'GET /api/v1/export/user/{userId}';

const METHODS = new Set(['get', 'post', 'put', 'patch', 'delete']);

describe('Every route of the API description', () => {
  let installation: Installation;
  let ann: Client;
  let routes: Route[];
  let before: unknown;
  let session: string;
  let exported: string;

  beforeAll(async () => {
    installation = await Installation.create();
    await installation.startApplication({ ROLE: 'api' });
    ann = await installation.asUser('ann', { tenant: 'blue' });
    session = await ann.saveBoard(noteBoard());
    const { id } = await ann.requestExport(session, 'png');
    exported = id;
    const sql = installation.sql.bind(installation);
    const schedule = (await ann.post('/api/v1/exports/scheduled', SCHEDULE)).body.id as string;
    const event = await insertEvent(sql, { organizer: 'ann', tenant: 'blue' });
    await insertParticipant(sql, event);
    const { body } = await ann.get('/api/openapi.json');
    routes = Object.entries(body.paths as Record<string, object>).flatMap(([path, methods]) =>
      Object.keys(methods)
        .filter((method) => METHODS.has(method))
        .map((method) => ({
          name: `${method.toUpperCase()} ${path.replace(/\/$/, '')}`,
          method: method.toUpperCase(),
          path: path
            .replace('/events/{id}', `/events/${event.id}`)
            .replace('/scheduled/{id}', `/scheduled/${schedule}`)
            .replace('{id}', path.includes('/sessions/') ? session : id)
            .replace('{userId}', 'ann')
            .replace('{page}', '1')
            .replace('{number}', '1')
            .replace(/\/$/, ''),
        })),
    );
    before = await everything();
  });

  afterAll(() => installation.remove());

  /** All that is ann's, and the catalog, as the database has it. */
  async function everything(): Promise<unknown> {
    return [
      await installation.sql(
        `SELECT id, status, user_id, storage_key, download_count FROM exports WHERE user_id = 'ann' AND tenant_id = 'blue'`,
      ),
      await installation.sql(
        `SELECT id, name, rev, thumbnail_key FROM solo_sessions WHERE user_id = 'ann' AND tenant_id = 'blue'`,
      ),
      await installation.sql(`SELECT * FROM scheduled_exports WHERE user_id = 'ann' AND tenant_id = 'blue'`),
      await installation.sql('SELECT * FROM export_data_types ORDER BY id'),
    ];
  }

  function bodyOf(path: string): object {
    if (path.includes('/scheduled')) return SCHEDULE;
    if (path.endsWith('/solo/exports')) return { session_ids: [session], format: 'png' };
    return path.endsWith('/estimate') ? { session_id: session, format: 'png' } : { format: 'png' };
  }

  async function answers(client: Client): Promise<Record<string, number>> {
    const seen: Record<string, number> = {};
    for (const { name, method, path } of routes) {
      if (name === STREAM) {
        seen[name] = await beginStream(client);
        continue;
      }
      const wanted = JSON.stringify(bodyOf(path));
      const body = method === 'GET' || method === 'DELETE' ? undefined : wanted;
      const type = path.endsWith('/content') ? { 'content-type': 'image/png' } : undefined;
      seen[name] = (await client.send(method, path, body, type)).status;
    }
    return seen;
  }

  /** Follows the stream until it has sent what there is. @returns the status */
  async function beginStream({ url, credentials }: Client): Promise<number> {
    const { status, body } = await fetch(new URL('/api/v1/exports/events', url), { headers: { ...credentials } });
    let sent = '';
    for await (const text of body!.pipeThrough(new TextDecoderStream())) {
      sent += text;
      if (sent.includes('event: connected')) break;
    }
    expect(sent).not.toContain(exported);
    return status;
  }

  it('is tested', () => {
    expect(routes.length).toBeGreaterThanOrEqual(15);
    expect(routes.map(({ path }) => path).filter((path) => path.includes('{'))).toEqual([]);
  });

  it.each([
    ['another user of the tenant', { sub: 'bob', tenant: 'blue' }],
    ['the same user of another tenant', { sub: 'ann', tenant: 'red' }],
    ['the same user without a tenant', { sub: 'ann' }],
    ['an administrator of another tenant', { sub: 'root', tenant: 'red', roles: ['admin'] }],
    ['a user whose name looks the same', { sub: 'Ann', tenant: 'blue' }],
  ])('returns nothing to %s', async (_, { sub, ...claims }) => {
    const otherUser = await installation.asUser(sub, claims);
    const role = 'roles' in claims ? 'admin' : 'person';
    const isNamesake = sub === 'ann';
    const ofAnn = isNamesake ? 200 : role === 'admin' ? 404 : 403;

    const seen = await answers(otherUser);
    const exports = await otherUser.get('/api/v1/exports');
    const sessions = await otherUser.get('/api/v1/solo/sessions');
    const events = await otherUser.get('/api/v1/events');

    for (const [route, status] of Object.entries(seen)) {
      const hidden = OF_CUSTOMERS.test(route) ? 401 : 404;
      const foreign = route === OF_ANN ? ofAnn : (BY_RIGHT[route]?.[role] ?? hidden);
      expect([route, status]).toEqual([route, OWN_THINGS.includes(route) ? expect.any(Number) : foreign]);
    }
    for (const route of OWN_THINGS) expect(seen[route]).toBeLessThan(300);
    // Their own, from the walk.
    expect(exports.body).toMatchObject({ count: isNamesake ? 1 : 0 });
    expect(sessions.body).toMatchObject({ count: 1 });
    expect(events.body).toMatchObject({ count: 0 });
    expect(await everything()).toEqual(before);
  });

  it('rejects external systems unless it is for them', async () => {
    const customer = await installation.asCustomer({ tenant: 'blue' });

    const seen = await answers(customer);

    for (const [route, status] of Object.entries(seen)) {
      expect([route, status === 401]).toEqual([route, !OF_CUSTOMERS.test(route) && route !== PUBLIC]);
    }
    expect(await everything()).toEqual(before);
  });

  it.each<[string, () => Promise<string | undefined>]>([
    ['no token', () => Promise.resolve(undefined)],
    ['an expired token', () => signedToken('ann', { tenant: 'blue', expires: Math.floor(Date.now() / 1000) - 60 })],
    ['a token of another secret', () => signedToken('ann', { tenant: 'blue', secret: `${TEST_SECRET}!` })],
    ['a token that nobody signed', () => Promise.resolve(unsignedToken({ sub: 'ann', tenant_id: 'blue' }))],
    ['a token for nobody', () => signedToken('', { tenant: 'blue' })],
    [
      'a changed token',
      async () => (await signedToken('bob', { tenant: 'blue' })).replace(/\.[^.]+\./, `.${claims('ann')}.`),
    ],
    ['something that is no token', () => Promise.resolve(randomBytes(20).toString('hex'))],
  ])('rejects %s', async (_, token) => {
    const seen = await answers(new Client(ann.url, await token()));

    for (const [route, status] of Object.entries(seen))
      expect([route, status]).toEqual([route, route === PUBLIC ? 400 : 401]);
    expect(await everything()).toEqual(before);
  });
});

function unsignedToken(payload: object): string {
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  return `${encode({ alg: 'none', typ: 'JWT' })}.${encode({ ...payload, exp: 4_000_000_000 })}.`;
}

function claims(sub: string): string {
  return Buffer.from(JSON.stringify({ sub, tenant_id: 'blue', exp: 4_000_000_000 })).toString('base64url');
}
