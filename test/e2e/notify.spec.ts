import { createHmac, randomUUID } from 'node:crypto';
import type { Client } from '../support/client';
import type { CustomerClient } from '../support/customers';
import { addTableType } from '../support/data';
import { endedDeliveries, requestWithNotify, type DeliveryRecord, deliveriesOf } from '../support/deliveries';
import { noteBoard } from '../support/boards';
import { Installation } from '../support/installation';
import { MailServer } from '../support/mail-server';
import { until } from '../support/until';
import { WebhookReceiver } from '../support/webhook-receiver';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

/** A request says who shall be told, within the rights of who asks. */
describe('Notifications of a request', () => {
  let installation: Installation;
  let server: MailServer;
  let receiver: WebhookReceiver;
  let ann: Client;
  let zoe: Client;
  let root: Client;
  let partner: CustomerClient;
  const zoeId = randomUUID();

  beforeAll(async () => {
    [server, receiver] = await Promise.all([MailServer.start(), WebhookReceiver.start()]);
    ({ installation } = await Installation.withApplication({
      SMTP_URL: server.url,
      MAIL_FROM: 'exports@platform.example',
      OUTBOUND_ALLOWED_HOSTS: receiver.host,
    }));
    await installation.sql(
      `INSERT INTO users (id, tenant_id, name, email, locale) VALUES ($1, 'blue', 'Zoe', 'zoe@example.com', 'ru')`,
      zoeId,
    );
    await installation.sql(`CREATE VIEW notes AS SELECT 1 AS id, '${zoeId}'::text AS user_id, 'blue' AS tenant_id`);
    await addTableType(installation, 'notes');
    ann = await installation.asUser('ann', { email: 'ann@example.com' });
    zoe = await installation.asUser(zoeId, { tenant: 'blue' });
    root = await installation.asUser('root', { roles: ['admin'], email: 'root@example.com' });
    partner = await installation.asCustomer();
  });

  beforeEach(() => {
    server.reset();
    receiver.reset();
  });

  afterAll(async () => {
    await installation.remove();
    await Promise.all([server.close(), receiver.stop()]);
  });

  function rows(person: Client, body: object = {}) {
    return person.post('/api/v1/exports', { type: 'partial', format: 'csv', data_types: ['notes'], ...body });
  }

  async function refusalOf(person: Client, notify: unknown): Promise<unknown> {
    const session = await person.saveBoard(noteBoard());
    const { status, body } = await person.post(`/api/v1/solo/sessions/${session}/export`, { notify });
    return { status, errors: body.errors as unknown };
  }

  it('go to the requester of rows by default, at the address and in the language that the platform stores', async () => {
    const { body } = await rows(zoe);

    const told = await endedDeliveries(zoe, body.id as string);

    expect(told).toMatchObject([{ channel: 'email', to: 'z***@example.com', status: 'delivered' }]);
    expect(server.accepted).toMatchObject([
      { to: ['zoe@example.com'], subject: expect.stringMatching(/^Ваш экспорт готов: notes .*\.csv$/) },
    ]);
  });

  it.each([
    ['false says so', false, zoeIn('blue')],
    ['their tenant is another', undefined, zoeIn('red')],
    ['the platform does not know them', undefined, () => installation.asUser(randomUUID())],
  ])('are not sent if %s', async (_, notify, person) => {
    const user = await person();
    const { body } = await rows(user, { notify });

    await user.finished(body.id as string);

    expect(await deliveriesOf(user, body.id as string)).toEqual([]);
  });

  function zoeIn(tenant: string) {
    return () => installation.asUser(zoeId, { tenant });
  }

  it('are not sent about boards by default', async () => {
    const { id } = await ann.requestExport(await ann.saveBoard(noteBoard()), 'pdf');

    await ann.finished(id);

    expect(await deliveriesOf(ann, id)).toEqual([]);
  });

  it('go to users’ own addresses, and from administrators to any address', async () => {
    const own = await endedDeliveries(ann, await requestWithNotify(ann, { email: 'Ann@example.com' }));
    const others = await endedDeliveries(root, await requestWithNotify(root, { email: 'team@example.org' }));

    expect([own, others].flat().map(({ to }) => to)).toEqual(['A***@example.com', 't***@example.org']);
    expect(server.accepted).toHaveLength(2);
  });

  it.each<[string, unknown, string, RegExp]>([
    ['somebody else’s address', { email: 'eve@example.com' }, 'notify.email', /your own address/],
    ['what is no address', { email: 'ann' }, 'notify.email', /an address such as/],
    ['two addresses', { email: 'ann@example.com,eve@example.com' }, 'notify.email', /an address such as/],
    ['a header behind an address', { email: 'ann@example.com\r\nBcc: eve@example.com' }, 'notify.email', /an address/],
    ['a number for an address', { email: 7 }, 'notify.email', /must be true, false, or an address/],
    ['a language we do not write in', { email: true, language: 'fr' }, 'notify.language', /en, uk, ru/],
    ['an end that there is none of', { email: true, on: ['cancelled'] }, 'notify.on', /completed, failed/],
    ['no end', { email: true, on: [] }, 'notify.on', /at least 1/],
    ['a way that there is none of', { pigeon: true }, 'notify.pigeon', /should not exist/],
    ['no way at all', {}, 'notify', /must name a channel/],
    ['a text', 'ann@example.com', 'notify', /must be an object/],
    ['true', true, 'notify', /must be an object/],
    ['a webhook without an address', { webhook: {} }, 'notify.webhook.url', /an address such as/],
    ['a webhook that is not public', { webhook: { url: 'http://169.254.169.254/' } }, 'notify.webhook', /./],
    ['a secret that is none', { webhook: { url: 'https://example.com/', secret: 'hush' } }, 'notify.webhook', /whsec_/],
  ])('reject %s with the name of the field', async (_, notify, field, message) => {
    expect(await refusalOf(ann, notify)).toEqual({
      status: 400,
      errors: [{ field, message: expect.stringMatching(message), code: expect.any(String) }],
    });
  });

  it.each([true, 'stranger@example.net'])('reject mail to %s without a known own address', async (email) => {
    const bob = await installation.asUser('bob');

    expect(await refusalOf(bob, { email })).toMatchObject({
      status: 400,
      errors: [{ field: 'notify.email', message: expect.stringContaining('your address is unknown') }],
    });
  });

  it('reject exports that are streamed into the response', async () => {
    const response = await rows(zoe, { type: 'realtime', format: 'json', notify: { email: true } });

    expect(response).toMatchObject({ status: 400, body: { errors: [{ field: 'notify' }] } });
    expect((await rows(zoe, { type: 'realtime', format: 'json' })).status).toBe(200);
  });

  it('are part of the fingerprint, with mail and webhook', async () => {
    const key = { 'idempotency-key': randomUUID() };
    const session = await ann.saveBoard(noteBoard());
    const ask = (notify: unknown) =>
      ann.post(`/api/v1/solo/sessions/${session}/export`, { format: 'pdf', notify }, key);
    const wish = { email: true, webhook: { url: receiver.url } };

    const first = await ask(wish);
    const again = await ask(wish);
    const other = await ask({ email: true });

    const told = await endedDeliveries(ann, first.body.id as string);
    expect([first.status, again.status, other.status]).toEqual([201, 200, 422]);
    expect(first.body.webhook_secret).toMatch(/^whsec_/);
    expect(again.body).toMatchObject({ id: first.body.id as string });
    expect(again.body).not.toHaveProperty('webhook_secret');
    expect(told.map(({ channel }) => channel).sort()).toEqual(['email', 'webhook']);
    expect([server.accepted.length, receiver.received.length]).toEqual([1, 1]);
  });

  it('of external systems are webhooks, signed with the secret that they received', async () => {
    const session = await partner.startSession('ann', noteBoard());
    const path = `/api/v1/customer/solo/sessions/${session}/export`;
    const { body } = await partner.post(path, { format: 'pdf', notify: { webhook: { url: receiver.url } } });

    const told = await until('it is told', async () => {
      const response = await partner.get(`/api/v1/customer/exports/${body.id}/deliveries`);
      return (response.body.results as DeliveryRecord[]).find(({ status }) => status === 'delivered');
    });

    const [{ headers, body: text }] = receiver.received as [(typeof receiver.received)[0]];
    expect(told).toMatchObject({ channel: 'webhook', event: 'export.completed', to: `http://${receiver.host}` });
    expect(headers['webhook-signature']).toBe(signature(headers, text, body.webhook_secret as string));
    expect(JSON.parse(text)).toMatchObject({ type: 'export.completed', data: { id: body.id as string } });
  });

  it('are signed with a given secret, which no response contains', async () => {
    const session = await ann.saveBoard(noteBoard());
    const notify = { webhook: { url: receiver.url, secret: SECRET } };
    const { body, text: shown } = await ann.post(`/api/v1/solo/sessions/${session}/export`, { format: 'pdf', notify });

    await endedDeliveries(ann, body.id as string);

    const [{ headers, body: text }] = receiver.received as [(typeof receiver.received)[0]];
    const { text: listed } = await ann.get(`/api/v1/exports/${body.id}/deliveries`);
    expect(headers['webhook-signature']).toBe(signature(headers, text, SECRET));
    expect(`${shown}${listed}`).not.toContain(SECRET);
  });

  it('of external systems cannot be mail', async () => {
    const session = await partner.startSession('ann', noteBoard());
    const path = `/api/v1/customer/solo/sessions/${session}/export`;

    const responses = await Promise.all(
      [true, 'ann@example.com'].map((email) => partner.post(path, { notify: { email } })),
    );

    for (const { status, body } of responses) {
      expect(status).toBe(400);
      expect(body.errors).toEqual([
        { field: 'notify.email', message: expect.stringContaining('by webhook'), code: 'invalid' },
      ]);
    }
  });

  it('are sent to administrators about whole tables', async () => {
    const notify = { email: true, webhook: { url: receiver.url } };
    const { body } = await root.post('/api/v1/export/bulk', { tables: ['notes'], format: 'csv', notify });

    const told = await endedDeliveries(root, body.jobId as string);

    expect(body).toMatchObject({ status: 'queued', webhook_secret: expect.stringMatching(/^whsec_/) });
    expect(told).toHaveLength(2);
  });
});

describe('Without a mail server', () => {
  let installation: Installation;
  let ann: Client;

  beforeAll(async () => {
    ({ installation } = await Installation.withApplication());
    ann = await installation.asUser('ann', { email: 'ann@example.com' });
  });

  afterAll(() => installation.remove());

  it('only requests for mail are rejected', async () => {
    const session = await ann.saveBoard(noteBoard());
    const ask = (notify: unknown) => ann.post(`/api/v1/solo/sessions/${session}/export`, { notify });

    const [refused, granted] = [await ask({ email: true }), await ask({ email: false, on: ['failed'] })];

    expect(refused).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'notify.email', message: expect.stringContaining('SMTP_URL') }] },
    });
    expect(granted.status).toBe(201);
  });
});

function signature(headers: Record<string, unknown>, body: string, secret: string): string {
  const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
}
