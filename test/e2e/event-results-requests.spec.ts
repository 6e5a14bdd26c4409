import type { Client } from '../support/client';
import type { CustomerClient } from '../support/customers';
import { insertEvent, insertParticipant, takeOut } from '../support/events';
import { Installation } from '../support/installation';
import { until } from '../support/until';

describe('An export of results', () => {
  let installation: Installation;
  let ann: Client;
  let partner: CustomerClient;
  const sql = (statement: string, ...values: unknown[]) => installation.sql(statement, ...values);

  beforeAll(async () => {
    installation = await Installation.create({ RATE_LIMIT_CUSTOMERS: 'off', RATE_LIMIT_EXPORTS: '3/1h' });
    await installation.startApplication({ ROLE: 'api' });
    ann = await installation.asUser('ann');
    partner = await installation.asCustomer();
  });

  afterAll(() => installation.remove());

  it('is a one-time CSV by default', async () => {
    const event = await insertEvent(sql, { organizer: 'usual', customer: partner.id });
    await insertParticipant(sql, event);
    const usual = await installation.asUser('usual');

    const granted = await usual.post(`/api/v1/events/${event.id}/results/export`, {});
    const forPartner = await partner.post(`/api/customer/events/${event.id}/results/export/`, {
      format: 'json',
      one_time: false,
      options: { header: 'keys', points: true, delimiter: ';', page_size: 'letter' },
    });

    const common = {
      kind: 'event',
      event_id: event.id,
      status: 'pending',
      progress: { done: 0, total: 1, unit: 'rows' },
    };
    expect([granted.status, forPartner.status]).toEqual([201, 201]);
    expect(granted.body).toMatchObject({ ...common, format: 'csv', one_time: true, user_id: 'usual', options: {} });
    expect(forPartner.body).toMatchObject({
      ...common,
      format: 'json',
      one_time: false,
      user_id: null,
      options: { header: 'keys', points: true, delimiter: ';', page_size: 'letter' },
    });
    expect(granted.headers.get('location')).toBe(`/api/v1/exports/${granted.body.id}/`);
  });

  it.each<[string, object, string, string]>([
    ['a format that there is not', { format: 'xml' }, 'Invalid format', 'format'],
    ['a format that is no text', { format: ['csv'] }, 'Invalid format', 'format'],
    ['a field that there is not', { color: 'red' }, 'The request is not valid', 'color'],
    ['an option that there is not', { options: { colour: 1 } }, 'The request is not valid', 'options.colour'],
    ['a header that there is not', { options: { header: 'none' } }, 'The request is not valid', 'options.header'],
    ['points that are no boolean', { options: { points: 'yes' } }, 'The request is not valid', 'options.points'],
    ['a page that there is not', { options: { page_size: 'a0' } }, 'The request is not valid', 'options.page_size'],
    ['a delimiter of two', { options: { delimiter: ',,' } }, 'The request is not valid', 'options.delimiter'],
    ['one_time that is no boolean', { one_time: 1 }, 'The request is not valid', 'one_time'],
  ])('is rejected for %s', async (_, body, error, field) => {
    const event = await insertEvent(sql, { customer: partner.id });

    const answers = [
      await ann.post(`/api/v1/events/${event.id}/results/export`, body),
      await partner.post(`/api/v1/customer/events/${event.id}/results/export`, body),
    ];

    for (const answer of answers) {
      expect([answer.status, answer.body.error, answer.body.errors[0].field]).toEqual([400, error, field]);
    }
  });

  it('treats null as missing', async () => {
    const event = await insertEvent(sql, { customer: partner.id });
    const options = ['header', 'points', 'raw', 'bom', 'delimiter', 'compression', 'page_size', 'orientation'];
    const nulls = Object.fromEntries(options.map((option) => [option, null]));
    const path = `/api/v1/customer/events/${event.id}/results/export`;

    const answers = [];
    for (const body of [{ format: null, one_time: null, options: null }, { options: nulls }])
      answers.push(await partner.post(path, body));

    for (const { status, body } of answers)
      expect([status, body]).toMatchObject([201, { format: 'csv', one_time: true, options: {} }]);
  });

  it('ignores explicit defaults and the order of options when comparing requests', async () => {
    const event = await insertEvent(sql, { customer: partner.id });
    const request = async (key: string, body: object) =>
      partner.post(`/api/v1/customer/events/${event.id}/results/export`, body, { 'idempotency-key': key });
    const defaults = { header: 'labels', points: false, raw: false, bom: false, delimiter: ',', page_size: 'a4' };

    const bare = [
      await request('bare', {}),
      await request('bare', { one_time: true, format: 'csv', options: { ...defaults, orientation: 'auto' } }),
      await request('bare', { one_time: null, options: { header: null, compression: null } }),
      await request('bare', { options: { header: 'keys' } }),
    ];
    const ordered = [
      await request('ordered', { options: { header: 'both', points: true } }),
      await request('ordered', { options: { points: true, header: 'both' } }),
    ];

    expect(bare.map(({ status }) => status)).toEqual([201, 200, 200, 422]);
    expect(new Set(bare.slice(0, 3).map(({ body }) => body.id as string)).size).toBe(1);
    expect(ordered.map(({ status }) => status)).toEqual([201, 200]);
  });

  it('is created once per Idempotency-Key and counts towards the limit', async () => {
    const event = await insertEvent(sql, { organizer: 'keen' });
    const keen = await installation.asUser('keen');
    const request = (key: string, body: object = {}) =>
      keen.post(`/api/v1/events/${event.id}/results/export`, body, { 'idempotency-key': key });

    const [first, again, other] = [await request('k'), await request('k'), await request('k', { format: 'xlsx' })];
    const [second, third, fourth] = [await request('l'), await request('m'), await request('n')];

    expect([first, again, other, second, third, fourth].map(({ status }) => status)).toEqual([
      201, 200, 422, 201, 201, 429,
    ]);
    expect(again.body.id).toBe(first.body.id);
    expect(first.headers.get('ratelimit')).toContain('r=2');
  });

  it.each<[string, string]>([
    ['was deleted', 'DELETE FROM events WHERE id = $1'],
    ['has another organizer', `UPDATE events SET organizer_id = 'bob' WHERE id = $1`],
    ['went to another tenant', `UPDATE events SET tenant_id = 'red' WHERE id = $1`],
  ])('fails with a reason if its event %s first', async (_, change) => {
    const event = await insertEvent(sql, { organizer: 'former' });
    const former = await installation.asUser('former');
    await sql(`DELETE FROM exports WHERE user_id = 'former'`);
    const id = await takeOut(former, event.id);

    await sql(change, event.id);
    const worker = await installation.startApplication({ ROLE: 'worker' });

    expect(await former.finished(id)).toMatchObject({
      status: 'failed',
      error: 'The event was deleted, or got another organizer, before it was exported',
    });
    await worker.close();
  });

  it('fails with the same reason if its event no longer belongs to the external system', async () => {
    const event = await insertEvent(sql, { customer: partner.id });
    const answer = await partner.post(`/api/v1/customer/events/${event.id}/results/export`, {});

    await sql('UPDATE events SET customer_id = NULL WHERE id = $1', event.id);
    const worker = await installation.startApplication({ ROLE: 'worker' });

    const [record] = await until('the export has ended', async () => {
      const rows = await installation.sql<{ error: string }>(
        `SELECT error FROM exports WHERE id = $1 AND status = 'failed'`,
        answer.body.id,
      );
      return rows.length > 0 && rows;
    });
    expect(record!.error).toBe('The event was deleted, or got another organizer, before it was exported');
    await worker.close();
  });
});
