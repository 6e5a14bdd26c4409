import { noteBoard, pagesBoard } from '../support/boards';
import { type Client, follow, sha256 } from '../support/client';
import type { CustomerClient } from '../support/customers';
import { pngSize } from '../support/files';
import { Installation } from '../support/installation';

const OURS = '/api/v1/customer/solo/sessions/';
const THEIRS = '/api/v1/solo/sessions/';

/** An external system creates a board for one of its users. Both own it. */
describe('A board session for the user of a customer', () => {
  let installation: Installation;
  let partner: CustomerClient;
  let ada: Client;

  beforeAll(async () => {
    ({ installation } = await Installation.withApplication({ RATE_LIMIT_CUSTOMERS: 'off' }));
    partner = await installation.asCustomer({ tenant: 'blue' });
    ada = await installation.asUser('ada', { tenant: 'blue' });
  });

  afterAll(() => installation.remove());

  it('is created, drawn on by the user, exported, and downloaded with its link', async () => {
    const created = await partner.post(OURS, { user_id: 'ada', name: 'Алгебра', state: noteBoard() });
    const id = created.body.id as string;
    const drawn = await ada.patch(`${THEIRS}${id}/`, { state: pagesBoard(2) });
    const shown = await partner.get(`${OURS}${id}/`);
    const requested = await partner.post(`${OURS}${id}/export/`, { format: 'png', options: { page: 2 } });
    const done = await ada.finished(requested.body.id as string);
    const listed = await partner.get(`${OURS}${id}/exports/`);
    const file = await follow(listed.body.results[0].file_url as string);

    expect([created.status, drawn.status, requested.status]).toEqual([201, 200, 201]);
    expect(created.body).toMatchObject({ user_id: 'ada', name: 'Алгебра', rev: 1, page_count: 1, state: noteBoard() });
    expect(created.body).toMatchObject({ owner_id: 'ada', is_shared: false, version: 1 });
    expect(shown.body).toMatchObject({ user_id: 'ada', rev: 2, page_count: 2, state: pagesBoard(2) });
    expect(requested.headers.get('location')).toBe(`/api/v1/customer/exports/${done.id}/`);
    expect(done).toMatchObject({ status: 'completed', user_id: 'ada', session_id: id });
    expect(listed.body).toMatchObject({ count: 1, results: [{ id: done.id }] });
    expect(sha256(file.bytes)).toBe(done.sha256);
    expect(pngSize(file.bytes).width).toBeGreaterThan(0);
  });

  it('is listed in pages for the customer and for the user', async () => {
    const other = await installation.asCustomer({ tenant: 'blue' });
    const ids = [await other.startSession('u1'), await other.startSession('u2'), await other.startSession('u1')];
    const user = await installation.asUser('u1', { tenant: 'blue' });

    const first = await other.get(`${OURS}?limit=2`);
    const second = await other.get(first.body.next as string);
    const own = await user.get(THEIRS);

    expect(first.body).toMatchObject({
      count: 3,
      results: [{ id: ids[2], user_id: 'u1', owner_id: 'u1', version: 1 }, { id: ids[1] }],
    });
    expect(second.body).toMatchObject({ count: 3, next: null, results: [{ id: ids[0] }] });
    expect(first.text).not.toContain('"state"');
    expect(own.body).toMatchObject({ count: 2, results: [{ id: ids[2] }, { id: ids[0] }] });
    expect(own.text).not.toContain('user_id');
  });

  it('can be created empty and without a tenant', async () => {
    const free = await installation.asCustomer();

    const created = await free.post(OURS, { user_id: 'ada' });
    const found = await (await installation.asUser('ada')).get(`${THEIRS}${created.body.id}/`);

    expect(created.body).toMatchObject({ name: 'Untitled', state: null, page_count: 1, user_id: 'ada' });
    expect(found.body).toMatchObject({ id: created.body.id, state: null });
    expect((await ada.get(`${THEIRS}${created.body.id}/`)).status).toBe(404);
  });

  describe('seen by others', () => {
    let session: string;
    let exported: string;
    let otherUsers: [string, Client][];

    beforeAll(async () => {
      session = await partner.startSession('ada', noteBoard());
      exported = (await partner.requestExport(session, 'json')).id;
      await ada.finished(exported);
      otherUsers = [
        ['another customer of the tenant', await installation.asCustomer({ tenant: 'blue' })],
        ['a customer of another tenant', await installation.asCustomer({ tenant: 'red' })],
        ['a customer without a tenant', await installation.asCustomer()],
        ['another user of the tenant', await installation.asUser('bob', { tenant: 'blue' })],
        ['the same user of another tenant', await installation.asUser('ada', { tenant: 'red' })],
        ['the same user without a tenant', await installation.asUser('ada')],
        ['an administrator of the tenant', await installation.asUser('root', { tenant: 'blue', roles: ['admin'] })],
        ['a user who is called as the customer is', await installation.asUser(partner.id, { tenant: 'blue' })],
      ];
    });

    it('is not found', async () => {
      for (const [who, otherUser] of otherUsers) {
        const base = 'secret' in otherUser ? OURS : THEIRS;
        const responses = [
          await otherUser.get(`${base}${session}/`),
          await otherUser.get(`${base}${session}/exports/`),
          await otherUser.post(`${base}${session}/export/`, { format: 'json' }),
          await otherUser.delete(`${base}${session}/`),
        ];

        expect([who, responses.map(({ status }) => status)]).toEqual([who, [404, 404, 404, 404]]);
        expect([who, (await otherUser.get(base)).text]).toEqual([who, expect.not.stringContaining(session)]);
        if (base === THEIRS) expect((await otherUser.get(`/api/v1/exports/${exported}/`)).status).toBe(404);
      }
      expect((await partner.get(`${OURS}${session}/`)).status).toBe(200);
      expect((await ada.get(`${THEIRS}${session}/`)).status).toBe(200);
    });

    it('is not accessible through the routes of the other side', async () => {
      const token = ada.credentials;
      const secret = partner.credentials;

      expect((await partner.get(`${THEIRS}${session}/`)).status).toBe(401);
      expect((await ada.get(`${OURS}${session}/`)).status).toBe(401);
      expect((await partner.post(OURS, { user_id: 'ada' }, token)).status).toBe(401);
      expect((await ada.post(THEIRS, { name: 'A' }, secret)).status).toBe(401);
    });
  });

  it('does not show the customer the user’s own boards', async () => {
    const own = await ada.saveBoard(noteBoard());
    const copy = await ada.post(`${THEIRS}${await partner.startSession('ada')}/duplicate/`);

    for (const id of [own, copy.body.id as string]) {
      expect((await partner.get(`${OURS}${id}/`)).status).toBe(404);
      expect((await partner.post(`${OURS}${id}/export/`, { format: 'json' })).status).toBe(404);
    }
  });

  it('lists the exports of both for both', async () => {
    const id = await partner.startSession('ada', noteBoard());

    const byUser = [await ada.requestExport(id, 'json'), await ada.requestExport(id, 'json')];
    const byPartner = await partner.requestExport(id, 'json');

    const ids = [byPartner.id, byUser[1]!.id, byUser[0]!.id].map((one) => ({ id: one }));
    expect((await partner.get(`${OURS}${id}/exports/`)).body).toMatchObject({ count: 3, results: ids });
    expect((await ada.get(`${THEIRS}${id}/exports/`)).body).toMatchObject({ count: 3, results: ids });
    const entries = await installation.sql(
      `SELECT user_id, tenant_id, customer_id FROM export_audit_log
       WHERE action = 'export.requested' AND export_id = ANY($1) ORDER BY id`,
      ids.map((one) => one.id),
    );
    const ofUser = { user_id: 'ada', tenant_id: 'blue', customer_id: null };
    expect(entries).toEqual([ofUser, ofUser, { user_id: null, tenant_id: 'blue', customer_id: partner.id }]);
    const root = await installation.asUser('root', { tenant: 'blue', roles: ['admin'] });
    const log = await root.get(`/api/v1/exports/audit?export_id=${byPartner.id}&action=export.requested`);
    expect(log.body.results).toMatchObject([{ customer_id: partner.id, user_id: null }]);
  });

  it('is deleted for both when either deletes it', async () => {
    const [first, second] = [await partner.startSession('ada', noteBoard()), await partner.startSession('ada')];
    const { id } = await ada.requestExport(first, 'json');
    await ada.finished(id);

    const byPartner = await partner.delete(`${OURS}${first}/`);
    const byUser = await ada.delete(`${THEIRS}${second}/`);

    expect([byPartner.status, byUser.status]).toEqual([204, 204]);
    expect((await ada.get(`${THEIRS}${first}/`)).status).toBe(404);
    expect((await partner.get(`${OURS}${second}/`)).status).toBe(404);
    expect(await ada.status(id)).toMatchObject({ status: 'expired', file_url: null });
  });

  it('is created once per Idempotency-Key of the customer', async () => {
    const key = { 'Idempotency-Key': 'once' };
    const other = await installation.asCustomer({ tenant: 'blue' });
    const body = { user_id: 'ada', name: 'Once', state: null };

    const first = await partner.post(OURS, body, key);
    const again = await partner.post(OURS, body, key);
    const forAnother = await partner.post(OURS, { ...body, user_id: 'bob' }, key);
    const others = await other.post(OURS, body, key);
    const exports = `${OURS}${first.body.id}/export/`;
    const requested = await partner.post(exports, { format: 'json' }, key);
    const exported = await partner.post(exports, { format: 'json' }, { 'Idempotency-Key': 'export' });
    const repeated = await partner.post(exports, { format: 'json' }, { 'Idempotency-Key': 'export' });

    expect([first.status, again.status, forAnother.status, others.status]).toEqual([201, 200, 422, 201]);
    expect(again.body.id).toBe(first.body.id);
    expect(others.body.id).not.toBe(first.body.id);
    expect([requested.status, exported.status, repeated.status]).toEqual([422, 201, 200]);
    expect(repeated.body.id).toBe(exported.body.id);
  });

  it.each<[string, unknown]>([
    ['is missing', {}],
    ['is null', { user_id: null }],
    ['is a number', { user_id: 7 }],
    ['is empty', { user_id: '' }],
    ['is too long', { user_id: 'x'.repeat(201) }],
    ['has a NUL', { user_id: 'a\0b' }],
    ['has half a surrogate pair', '{"user_id":"a\\ud800"}'],
    ['comes twice, wrong at last', '{"user_id":"ada","user_id":""}'],
  ])('is rejected if user_id %s', async (_, body) => {
    const refused = await partner.post(OURS, body);

    expect(refused.status).toBe(400);
    expect(refused.body.errors).toEqual([
      { field: 'user_id', message: expect.stringMatching(/./), code: expect.any(String) },
    ]);
  });

  it.each<[string, unknown, number]>([
    ['cut off', '{"user_id":"ada"', 400],
    ['a list', '[]', 400],
    ['named by a number', { user_id: 'ada', name: 7 }, 400],
    ['with a state that is none', '{"user_id":"ada","state":{"a":}}', 400],
  ])('is rejected if it is %s', async (_, body, status) => {
    expect((await partner.post(OURS, body)).status).toBe(status);
  });

  it('accepts a user id of 200 characters of any kind', async () => {
    const name = 'ї🦔'.repeat(66) + 'їж';

    const created = await partner.post(OURS, { user_id: name });
    const user = await installation.asUser(name, { tenant: 'blue' });

    expect(created.body).toMatchObject({ user_id: name });
    expect((await user.get(`${THEIRS}${created.body.id}/`)).status).toBe(200);
  });
});

describe('The exports of a customer’s boards', () => {
  let installation: Installation;

  beforeAll(async () => {
    installation = await Installation.create({ RATE_LIMIT_CUSTOMERS: '3/1h', RATE_LIMIT_BOARDS: '2/1h' });
    await installation.startApplication();
  });

  afterAll(() => installation.remove());

  it('share one limit with all users of the customer', async () => {
    const partner = await installation.asCustomer();
    const [ada, bob] = [await installation.asUser('ada'), await installation.asUser('bob')];
    const [adas, bobs] = [await partner.startSession('ada'), await partner.startSession('bob')];
    const body = { format: 'json' };

    const responses = [
      await partner.post(`${OURS}${adas}/export/`, body),
      await ada.post(`${THEIRS}${adas}/export/`, body),
      await bob.post(`${THEIRS}${bobs}/export/`, body),
      await bob.post(`${THEIRS}${bobs}/export/`, body),
      await partner.post(`${OURS}${adas}/export/`, body),
    ];
    const others = await installation.asCustomer();

    expect(responses.map(({ status }) => status)).toEqual([201, 201, 201, 429, 429]);
    expect(responses[0]!.headers.get('ratelimit-policy')).toBe('"board";q=3;w=3600');
    expect((await others.requestExport(await others.startSession('ada'), 'json')).status).toBe('pending');
    // What she asks for counts on her own account too, and what the customers ask for does not.
    const own = `${THEIRS}${await ada.saveBoard(null)}/export/`;
    expect([(await ada.post(own, body)).status, (await ada.post(own, body)).status]).toEqual([201, 429]);
  });
});
