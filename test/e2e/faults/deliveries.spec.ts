import type { Client } from '../../support/client';
import { endedDeliveries, requestWithNotify, attemptFailed, endRetryDelays } from '../../support/deliveries';
import { Installation } from '../../support/installation';
import { MailServer } from '../../support/mail-server';
import { WebhookReceiver } from '../../support/webhook-receiver';

/** Receivers fail, time out and accept in turn: each message arrives, by one id. */
describe('A message about an export', () => {
  let installation: Installation;
  let server: MailServer;
  let receiver: WebhookReceiver;
  let ann: Client;

  beforeAll(async () => {
    [server, receiver] = await Promise.all([MailServer.start(), WebhookReceiver.start()]);
    installation = await Installation.create({
      SMTP_URL: server.url,
      MAIL_FROM: 'exports@platform.example',
      OUTBOUND_ALLOWED_HOSTS: receiver.host,
      SMTP_TIMEOUT_SECONDS: '5',
    });
    await installation.start();
    ann = await installation.asUser('ann', { email: 'ann@example.com' });
  });

  beforeEach(() => {
    server.reset();
    receiver.reset();
  });

  afterAll(async () => {
    await installation.remove();
    await Promise.all([server.close(), receiver.stop()]);
  });

  it('arrives by mail with one id from a server that rejects, disconnects, hangs and accepts in turn', async () => {
    server.next('reject temporarily', 'hang up', 'accept and be silent', 'accept');
    const id = await requestWithNotify(ann, { email: true });

    for (const attempt of [1, 2, 3]) {
      await attemptFailed(ann, id, attempt, { within: 60_000 });
      await endRetryDelays(installation);
    }

    const [told] = await endedDeliveries(ann, id);
    const messageId = `<${told!.id}@platform.example>`;
    expect(told).toMatchObject({ status: 'delivered', attempts: 4, error: null });
    expect(server.offered).toEqual(Array(4).fill(messageId));
    expect(server.accepted.map((mail) => mail.messageId)).toEqual([messageId, messageId]);
  });

  it('arrives by webhook with one id at a receiver that fails, disconnects and accepts in turn', async () => {
    receiver.behave(500, 'cut', 429, 200);
    const id = await requestWithNotify(ann, { webhook: { url: receiver.url } });

    for (const attempt of [1, 2, 3]) {
      await attemptFailed(ann, id, attempt);
      await endRetryDelays(installation);
    }

    const [told] = await endedDeliveries(ann, id);
    expect(told).toMatchObject({ status: 'delivered', attempts: 4, to: new URL(receiver.url).origin });
    expect(receiver.received.map(({ headers }) => headers['webhook-id'])).toEqual(Array(4).fill(told!.id));
  });

  it('fails at once when the server rejects it permanently', async () => {
    server.next('reject permanently');
    const id = await requestWithNotify(ann, { email: true });

    const told = await endedDeliveries(ann, id);

    expect(told).toMatchObject([{ status: 'failed', attempts: 1, error: expect.stringContaining('550') }]);
    expect(await installation.history(id)).toContain('delivery.failed');
    const [entry] = await installation.sql(
      `SELECT details FROM export_audit_log WHERE export_id = $1 AND action = 'delivery.failed'`,
      id,
    );
    expect(entry).toMatchObject({ details: { channel: 'email', event: 'export.completed', attempts: 1 } });
    expect(JSON.stringify(entry)).not.toContain('ann@');
  });

  it('records that a webhook is permanently gone', async () => {
    receiver.behave(410);
    const id = await requestWithNotify(ann, { webhook: { url: receiver.url } });

    const told = await endedDeliveries(ann, id);

    expect(told).toMatchObject([{ status: 'failed', attempts: 1, error: expect.stringContaining('410') }]);
    expect(receiver.received).toHaveLength(1);
    expect(await installation.sql(`SELECT refusal FROM export_deliveries WHERE export_id = $1`, id)).toEqual([
      { refusal: 'gone' },
    ]);
  });

  it('waits while the mail server is down and arrives when it is back', async () => {
    await server.close();
    const ids = await Promise.all(
      [1, 2, 3].map((number) => requestWithNotify(ann, { email: true }, `Board ${number}`)),
    );
    for (const id of ids) await attemptFailed(ann, id, 1);

    await server.open();
    await endRetryDelays(installation);

    for (const id of ids) expect(await endedDeliveries(ann, id)).toMatchObject([{ status: 'delivered', attempts: 2 }]);
    expect(server.accepted.map(({ subject }) => subject).sort()).toEqual(
      [1, 2, 3].map((number) => `Your export is ready: Board ${number}.pdf`),
    );
  });
});
