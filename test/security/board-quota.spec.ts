import type { Client } from '../support/client';
import { Installation } from '../support/installation';

const SESSIONS = '/api/v1/solo/sessions/';

describe('The quotas of boards', () => {
  let installation: Installation;
  let ann: Client;

  beforeAll(async () => {
    ({ installation } = await Installation.withApplication({ BOARDS_PER_USER: '3', BOARD_BYTES_PER_USER: '64KB' }));
  });

  beforeEach(async () => {
    await installation.sql('TRUNCATE solo_sessions');
    ann = await installation.asUser('ann');
  });

  afterAll(() => installation.remove());

  const text = (kilobytes: number) => 'x'.repeat(kilobytes * 1024 - 2);

  it('return 409 with the figures for one board too many, regardless of who creates it', async () => {
    const partner = await installation.asCustomer();
    const id = await ann.saveBoard(null);
    await ann.post(`${SESSIONS}${id}/duplicate/`);
    await partner.startSession('ann');

    const refused = [
      await ann.post(SESSIONS, { state: null }),
      await ann.post(`${SESSIONS}${id}/duplicate/`),
      await partner.post('/api/v1/customer/solo/sessions/', { user_id: 'ann' }),
    ];
    const other = await partner.post('/api/v1/customer/solo/sessions/', { user_id: 'ben' });
    await ann.delete(`${SESSIONS}${id}/`);
    const afterDeletion = await ann.post(SESSIONS, { state: null });

    for (const { status, headers, body } of refused) {
      expect(status).toBe(409);
      expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
      expect(body).toMatchObject({ code: 'board-quota-exceeded', used: 3, limit: 3, requested: 1 });
    }
    expect([other.status, afterDeletion.status]).toEqual([201, 201]);
  });

  it('return 409 for boards that grow beyond the storage, and keep the old state', async () => {
    const id = await ann.saveBoard(JSON.stringify(text(40)));

    const copied = await ann.post(`${SESSIONS}${id}/duplicate/`);
    const created = await ann.post(SESSIONS, { state: text(25) });
    const grown = await ann.patch(`${SESSIONS}${id}/`, { state: text(65) });
    const shrunk = await ann.patch(`${SESSIONS}${id}/`, { state: text(30) });
    const copiedThen = await ann.post(`${SESSIONS}${id}/duplicate/`);

    const code = 'board-storage-quota-exceeded';
    expect(copied).toMatchObject({ status: 409, body: { code, used: 40_960, limit: 65_536, requested: 40_960 } });
    expect(created).toMatchObject({ status: 409, body: { code, used: 40_960, requested: 25_600 } });
    expect(grown).toMatchObject({ status: 409, body: { code, used: 40_960, requested: 25_600 } });
    expect([shrunk.status, copiedThen.status]).toEqual([200, 201]);
  });

  it('hold for concurrent requests', async () => {
    const responses = await Promise.all(Array.from({ length: 8 }, () => ann.post(SESSIONS, { state: null })));

    expect(responses.map(({ status }) => status).sort()).toEqual([201, 201, 201, 409, 409, 409, 409, 409]);
  });

  it('respond to the repeat of an accepted request', async () => {
    const key = { 'Idempotency-Key': 'once' };
    const first = await ann.post(SESSIONS, { state: text(20) }, key);
    await ann.saveBoard(JSON.stringify(text(40)));

    const repeat = await ann.post(SESSIONS, { state: text(20) }, key);
    const refused = await ann.post(SESSIONS, { state: text(20) }, { 'Idempotency-Key': 'another' });
    await ann.delete(`${SESSIONS}${first.body.id as string}/`);
    const later = await ann.post(SESSIONS, { state: text(20) }, { 'Idempotency-Key': 'another' });

    expect([repeat.status, repeat.body.id]).toEqual([200, first.body.id]);
    expect([refused.status, later.status]).toEqual([409, 201]);
  });
});
