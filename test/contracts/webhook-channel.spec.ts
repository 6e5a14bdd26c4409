import { createHmac } from 'node:crypto';
import { WebhookChannel } from '../../src/delivery/channels/webhook/webhook.channel';
import { DeliveryRefusedError } from '../../src/delivery/model/domain/interfaces/delivery-channel';
import type { ClaimedMessage } from '../../src/delivery/model/domain/claimed-message';
import { DomainError } from '../../src/platform/errors/domain-error';
import { OutboundAddresses, OutboundRefusedError } from '../../src/delivery/infrastructure/outbound/outbound-addresses';
import { OutboundHttp } from '../../src/delivery/infrastructure/outbound/outbound-http';
import { SecretCipher } from '../../src/delivery/infrastructure/secret-cipher';
import { ExportFixture, type StoredExport } from '../support/export-fixture';
import { createClaimedMessage } from '../support/claimed-messages';
import { until } from '../support/until';
import { type Behaviour, WebhookReceiver } from '../support/webhook-receiver';

const signal = new AbortController().signal;

describe('Webhooks', () => {
  let fixture: ExportFixture;
  let receiver: WebhookReceiver;
  let channel: WebhookChannel;
  let done: StoredExport;

  beforeAll(async () => {
    fixture = await ExportFixture.create();
    receiver = await WebhookReceiver.start();
    const addresses = new OutboundAddresses([receiver.host]);
    const cipher = new SecretCipher(fixture.config.encryption);
    channel = new WebhookChannel(new OutboundHttp(addresses), addresses, cipher, fixture.exports, fixture.presenter);
    done = await fixture.put();
  });
  beforeEach(() => {
    receiver.reset();
  });
  afterAll(async () => {
    await receiver.stop();
    await fixture.remove();
  });

  const plan = (input: { url: string; secret?: string }, field = 'webhook', by = channel) =>
    by.plan(input, { field, principal: { userId: 'ann', tenantId: null }, isOperator: false });

  async function planned(
    traits: Partial<ClaimedMessage> = {},
    secret?: string,
  ): Promise<{ message: ClaimedMessage; secret: string }> {
    const { target: stored, secret: generated } = await plan({ url: receiver.url, secret });
    // As it comes back from the database.
    const target = JSON.parse(JSON.stringify(stored)) as ClaimedMessage['target'];
    return {
      message: createClaimedMessage({ channel: 'webhook', target, exportId: done.id, ...traits }),
      secret: secret ?? generated!,
    };
  }

  describe('planning', () => {
    it('returns a generated secret once and stores it encrypted', async () => {
      const { target, secret } = await plan({ url: receiver.url });

      expect(secret).toMatch(/^whsec_/);
      expect(target).toEqual({ url: receiver.url, secret: expect.stringMatching(/^v1\./) });
      expect(JSON.stringify(target)).not.toContain(secret!.slice(6, 20));
    });

    it('returns a secret that is valid for its URL only', async () => {
      const { message } = await planned();
      const elsewhere = { ...message, target: { ...message.target, url: `${receiver.url}/elsewhere` } };

      await expect(channel.deliver(elsewhere, signal)).rejects.toThrow('encrypted for another purpose');
    });

    it.each([
      ['http://public.example.com/', undefined, 'must begin with https://'],
      ['https://127.0.0.1/hook', undefined, 'has no public address'],
      ['https://169.254.169.254/latest/meta-data', undefined, 'has no public address'],
      ['https://[::ffff:10.0.0.1]/', undefined, 'has no public address'],
      ['nonsense', undefined, 'begins with https://'],
      ['', 'hunter2', 'whsec_ followed by 24 to 64 bytes'],
    ])('rejects an invalid webhook with the field and an explanation: %s %s', async (url, secret, words) => {
      const planning = plan({ url, secret }, 'notify.webhook');

      await expect(planning).rejects.toMatchObject({
        kind: 'invalid',
        details: { fields: [{ field: 'notify.webhook', message: expect.stringContaining(words) }] },
      });
    });

    it('is rejected without an encryption key, naming the setting for the operator', async () => {
      const addresses = new OutboundAddresses([receiver.host]);
      const keyless = new WebhookChannel(
        null as never,
        addresses,
        new SecretCipher({ previousKeys: [] }),
        null as never,
        null as never,
      );

      const refusal: unknown = await plan({ url: receiver.url }, 'webhook', keyless).catch((error: unknown) => error);

      expect(refusal).toBeInstanceOf(DomainError);
      expect((refusal as DomainError).details.fields).toEqual([
        { field: 'webhook', message: expect.stringContaining('ENCRYPTION_KEY') },
      ]);
    });
  });

  it('sends the record as the API shows it, with a signed link to the file and a signature', async () => {
    const chosen = `whsec_${Buffer.alloc(24, 9).toString('base64')}`;
    const { message } = await planned({}, chosen);

    expect(await channel.deliver(message, signal)).toEqual({ status: 200 });

    const [{ method, headers, body }] = receiver.received as [(typeof receiver.received)[number]];
    expect(method).toBe('POST');
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'user-agent': 'export-service',
      'webhook-id': message.id,
    });
    const timestamp = headers['webhook-timestamp'] as string;
    expect(Math.abs(Number(timestamp) - Date.now() / 1000)).toBeLessThan(10);
    // "the id, timestamp and payload, concatenated and delimited by full-stops", HMAC-SHA256, base64, after "v1,"
    const content = Buffer.concat([Buffer.from(`${message.id}.${timestamp}.`), Buffer.from(body)]);
    const mac = createHmac('sha256', Buffer.from(chosen.replace('whsec_', ''), 'base64')).update(content);
    expect(headers['webhook-signature']).toBe(`v1,${mac.digest('base64')}`);
    expect(JSON.parse(body)).toEqual({
      type: 'export.completed',
      timestamp: '2026-03-29T23:31:00.250Z',
      data: expect.objectContaining({
        id: done.id,
        status: 'completed',
        file_name: 'Transactions.csv',
        sha256: done.sha256,
        file_url: expect.stringMatching(new RegExp(`/exports/${done.id}/download\\?expires=\\d+&signature=`)),
      }),
    });
  });

  it('sends a failure with its reason', async () => {
    const failed = await fixture.put({ status: 'failed', error: 'The source was gone' });
    const { message } = await planned({ event: 'export.failed', exportId: failed.id });

    await channel.deliver(message, signal);

    expect(JSON.parse(receiver.received[0]!.body)).toMatchObject({
      type: 'export.failed',
      data: { id: failed.id, status: 'failed', error: 'The source was gone', file_url: null },
    });
  });

  it('sends a paused schedule with its details', async () => {
    const facts = { name: 'nightly', failures: 5 };
    const { message } = await planned({ event: 'schedule.paused', exportId: null, facts });

    await channel.deliver(message, signal);

    expect(JSON.parse(receiver.received[0]!.body)).toMatchObject({ type: 'schedule.paused', data: facts });
  });

  it('has one id and body for every attempt, and a timestamp of each', async () => {
    const { message } = await planned();
    receiver.behave(500, 'cut', 200);

    await expect(channel.deliver(message, signal)).rejects.toThrow('answered 500');
    await expect(channel.deliver({ ...message, attempt: 2 }, signal)).rejects.toMatchObject({
      message: 'The receiver could not be reached',
      detail: expect.stringMatching(/hang up|ECONNRESET/),
    });
    const first = receiver.received[0]!.headers['webhook-timestamp'];
    await until('a second has passed', () => Math.floor(Date.now() / 1000) > Number(first));
    await channel.deliver({ ...message, attempt: 3 }, signal);

    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id']))).toEqual(new Set([message.id]));
    const bodies = receiver.received.map(({ body }) => JSON.parse(body) as { data: { file_url: string } });
    // The link may be a fresh one.
    expect(bodies[2]).toEqual({ ...bodies[0], data: { ...bodies[0]!.data, file_url: bodies[2]!.data.file_url } });
    expect(Number(receiver.received[2]!.headers['webhook-timestamp'])).toBeGreaterThan(Number(first));
  });

  it.each<[string, Behaviour]>([
    ['201', 201],
    ['204', 204],
    ['200 after a while', { status: 200, afterMs: 500 }],
    ['200 with a body that never ends', 'drip'],
    ['200 with far too much', 'flood'],
  ])('is delivered with the status %s', async (_, behaviour) => {
    const { message } = await planned();
    receiver.behave(behaviour);

    expect(await channel.deliver(message, signal)).toEqual({ status: expect.any(Number) });
  });

  it.each<[Behaviour, string]>([
    [{ status: 302, headers: { location: 'http://169.254.169.254/' } }, 'answered 302, and redirects are not followed'],
    [{ status: 400, body: 'no\nsuch hook' }, 'answered 400: no such hook'],
    [404, 'answered 404'],
    [429, 'answered 429'],
    [503, 'answered 503'],
  ])('is retried after %j', async (behaviour, words) => {
    const { message } = await planned();
    receiver.behave(behaviour);

    const failure: unknown = await channel.deliver(message, signal).catch((error: unknown) => error);

    expect(String(failure)).toContain(words);
    expect(failure).not.toBeInstanceOf(DeliveryRefusedError);
    expect(receiver.received).toHaveLength(1);
  });

  it('is not retried when the receiver responds 410', async () => {
    const { message } = await planned();
    receiver.behave(410);

    await expect(channel.deliver(message, signal)).rejects.toMatchObject({
      name: 'DeliveryRefusedError',
      code: 'gone',
    });
  });

  it('is not sent when its subject is gone', async () => {
    const { message } = await planned({ exportId: '00000000-0000-7000-8000-000000000000' });

    await expect(channel.deliver(message, signal)).rejects.toMatchObject({
      name: 'DeliveryRefusedError',
      code: 'refused',
    });
    expect(receiver.received).toEqual([]);
  });

  it('is aborted with the attempt when the receiver never responds', async () => {
    const { message } = await planned();
    receiver.behave('silent');
    const over = new AbortController();

    const delivery = channel.deliver(message, over.signal);
    delivery.catch(() => undefined);
    await until('the receiver has it', () => receiver.received.length > 0);
    over.abort(new Error('the lease is over'));

    await expect(delivery).rejects.toThrow('the lease is over');
  });

  it('is not sent to an address that is no longer allowed', async () => {
    const { message } = await planned();
    const cipher = new SecretCipher(fixture.config.encryption);
    const addresses = new OutboundAddresses([]);

    const delivery = new WebhookChannel(
      new OutboundHttp(addresses),
      addresses,
      cipher,
      fixture.exports,
      fixture.presenter,
    ).deliver(message, signal);

    await expect(delivery).rejects.toThrow(OutboundRefusedError);
    expect(receiver.received).toEqual([]);
  });

  it('waits for a missing encryption key', async () => {
    const { message } = await planned();
    const other = new SecretCipher({ key: Buffer.alloc(32, 1), previousKeys: [] });
    const addresses = new OutboundAddresses([receiver.host]);

    const delivery = new WebhookChannel(
      new OutboundHttp(addresses),
      addresses,
      other,
      fixture.exports,
      fixture.presenter,
    ).deliver(message, signal);

    await expect(delivery).rejects.toThrow('ENCRYPTION_KEY_PREVIOUS');
    await expect(delivery).rejects.not.toBeInstanceOf(DeliveryRefusedError);
  });
});
