import request from 'supertest';
import type { Application } from '../support/application';
import type { ApiResponse, Client } from '../support/client';
import { Installation } from '../support/installation';

const SESSIONS = '/api/v1/solo/sessions/';

/** Two clients that have the same board open. */
describe('Saving a board that another client has saved', () => {
  let installation: Installation;
  let application: Application;
  let ann: Client;
  let created: ApiResponse;
  let path: string;

  beforeAll(async () => {
    ({ installation, application } = await Installation.withApplication());
    ann = await installation.asUser('ann');
  });

  beforeEach(async () => {
    created = await ann.post(SESSIONS, { name: 'Board', state: 1 });
    path = `${SESSIONS}${created.body.id as string}/`;
  });

  afterAll(() => installation.remove());

  const tagOf = ({ headers }: ApiResponse) => headers.get('etag')!;

  it('returns 412 with the current revision for If-Match and for rev', async () => {
    const mine = await ann.patch(path, { state: 'mine' }, { 'If-Match': tagOf(created) });

    const byTag = await ann.patch(path, { state: 'theirs' }, { 'If-Match': tagOf(created) });
    const byRev = await ann.patch(path, { state: 'theirs', rev: created.body.rev as number });
    const shown = await ann.get(path);

    expect(mine).toMatchObject({ status: 200, body: { rev: 2, state: 'mine' } });
    for (const { status, headers, body } of [byTag, byRev]) {
      expect([status, headers.get('content-type')]).toEqual([
        412,
        expect.stringMatching(/^application\/problem\+json/),
      ]);
      expect(body).toMatchObject({ code: 'revision-mismatch', rev: 2, status: 412 });
    }
    expect(shown.body).toMatchObject({ rev: 2, state: 'mine' });
  });

  it('accepts the ETag of every response, which changes only with the board', async () => {
    const partner = await installation.asCustomer();
    const shared = await partner.startSession('ann');
    const shownToPartner = await partner.get(`/api/v1/customer/solo/sessions/${shared}/`);
    const patched = await ann.patch(path, { name: 'Renamed' }, { 'If-Match': tagOf(await ann.get(path)) });
    const again = await ann.patch(path, { name: 'Again' }, { 'If-Match': `"1", ${tagOf(patched)}` });
    const copy = await ann.post(`${path}duplicate/`);

    expect([patched.status, again.status]).toEqual([200, 200]);
    expect([created, patched, again, copy, shownToPartner].map(tagOf)).toEqual(['"1"', '"2"', '"3"', '"1"', '"1"']);
    expect(tagOf(await ann.get(path))).toBe(tagOf(again));
  });

  it('is accepted without a condition and with If-Match: *', async () => {
    const responses = [
      await ann.patch(path, { state: 2 }),
      await ann.patch(path, { state: 3 }, { 'If-Match': '*' }),
      await ann.patch(path, { state: 4, rev: 3 }, { 'If-Match': '*' }),
    ];

    expect(responses.map(({ status, body }) => [status, body.rev as number])).toEqual([
      [200, 2],
      [200, 3],
      [200, 4],
    ]);
  });

  it('returns 412 unless both conditions match', async () => {
    const response = await ann.patch(path, { state: 2, rev: 2 }, { 'If-Match': '"1"' });

    expect(response).toMatchObject({ status: 412, body: { rev: 1 } });
  });

  it.each(['"2"', '1.5', 'true', '[1]'])('returns 400 for the rev %s', async (rev) => {
    const response = await ann.patch(path, `{"rev":${rev},"state":2}`);

    expect(response).toMatchObject({ status: 400, body: { errors: [{ field: 'rev' }] } });
  });

  it('returns 404 for boards that do not exist', async () => {
    const ben = await installation.asUser('ben');

    expect((await ben.patch(path, { state: 2 }, { 'If-Match': '"7"' })).status).toBe(404);
    expect((await ben.patch(path, { state: 2 }, { 'If-Match': '*' })).status).toBe(404);
  });

  it('is possible from a page of another origin', async () => {
    const origin = 'https://app.example.com';
    const preflight = await request(application.url)
      .options(path)
      .set({ Origin: origin, 'Access-Control-Request-Method': 'PATCH' })
      .set('Access-Control-Request-Headers', 'authorization,content-type,if-match');
    const shown = await ann.get(path, { Origin: origin });

    expect(preflight.headers['access-control-allow-methods']).toContain('PATCH');
    expect(preflight.headers['access-control-allow-headers']).toContain('if-match');
    expect(shown.headers.get('access-control-expose-headers')).toContain('ETag');
  });
});
