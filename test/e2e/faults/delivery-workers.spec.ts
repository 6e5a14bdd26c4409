import type { Client } from '../../support/client';
import { endedDeliveries, requestWithNotify, attemptFailed, deliveriesOf } from '../../support/deliveries';
import { Installation } from '../../support/installation';
import { MailServer } from '../../support/mail-server';
import type { Service } from '../../support/service';
import { stallUpdates } from '../../support/stall';
import { until } from '../../support/until';
import { WebhookReceiver } from '../../support/webhook-receiver';

/** Processes end at any moment, and others go on: each message arrives, by one id, and has one holder. */
describe('A message about an export, while processes start and stop,', () => {
  let installation: Installation;
  let server: MailServer;
  let receiver: WebhookReceiver;
  let worker: Service;
  let ann: Client;

  beforeAll(async () => {
    [server, receiver] = await Promise.all([MailServer.start(), WebhookReceiver.start()]);
    installation = await Installation.create({
      SMTP_URL: server.url,
      MAIL_FROM: 'exports@platform.example',
      OUTBOUND_ALLOWED_HOSTS: receiver.host,
      EXPORT_LEASE_SECONDS: '3',
      // What is tested is who sends messages, not how files are made.
      EXPORT_THREADS: '0',
      // Whatever is on its way at a SIGTERM is handed back.
      SHUTDOWN_GRACE_SECONDS: '0',
    });
    const api = await installation.startApplication({ ROLE: 'api' });
    ann = await installation.asUser('ann', { email: 'ann@example.com', at: api });
  });

  beforeEach(async () => {
    server.reset();
    receiver.reset();
    worker = await installation.worker();
  });

  afterEach(() => installation.keepOne());

  afterAll(async () => {
    await installation.remove();
    await Promise.all([server.close(), receiver.stop()]);
  });

  it('is sent again with the same id when its worker is killed between sending and recording it', async () => {
    const settling = await stallUpdates(installation, `NEW.status = 'delivered'`, 'export_deliveries');
    const id = await requestWithNotify(ann, { email: true });
    await until('the mail is there', () => server.accepted.length === 1);
    await until('the worker is about to write that down', async () =>
      (await installation.sql(`SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted`)).at(0),
    );

    await worker.kill('SIGKILL');
    await settling.release();
    await installation.startSuccessor();

    const [told] = await endedDeliveries(ann, id);
    expect(told).toMatchObject({ status: 'delivered', attempts: 2 });
    expect(server.offered).toEqual(Array(2).fill(`<${told!.id}@platform.example>`));
  });

  it('is settled by the holder of its lease only, not by a worker that was paused past its lease', async () => {
    receiver.behave({ status: 500, afterMs: 1_500 }, 503);
    const id = await requestWithNotify(ann, { webhook: { url: receiver.url } });
    await until('the first attempt is on its way', () => receiver.received.length === 1);

    worker.pause();
    await installation.startSuccessor();
    const told = await attemptFailed(ann, id, 2);
    worker.resume();
    await until('the sleeper knows', () => worker.log.some(({ event }) => event === 'delivery.lease_lost'));

    expect(told).toMatchObject({ attempts: 2, error: expect.stringContaining('503') });
    expect(await deliveriesOf(ann, id)).toEqual([told]);
  });

  it('is sent once by any number of workers', async () => {
    await installation.startSuccessor();

    await installation.sql(
      `INSERT INTO export_deliveries (id, event, schedule_id, user_id, channel, target, facts)
       SELECT gen_random_uuid(), 'schedule.paused', gen_random_uuid(), 'ann', 'email', '{"to": "ann@example.com", "language": "en"}',
         jsonb_build_object('name', 'Nightly ' || n, 'reason', 'It could not be read', 'failures', 5) FROM generate_series(1, 60) n`,
    );
    await until('all is delivered', async () => {
      const [left] = await installation.sql<{ n: number }>(
        `SELECT count(*)::int AS n FROM export_deliveries WHERE event = 'schedule.paused' AND status = 'pending'`,
      );
      return left!.n === 0;
    });

    expect(new Set(server.offered).size).toBe(60);
    expect(server.offered).toHaveLength(60);
    expect(
      await installation.sql(`SELECT DISTINCT attempts FROM export_deliveries WHERE event = 'schedule.paused'`),
    ).toEqual([{ attempts: 1 }]);
  });

  it('is handed back when its worker shuts down, without counting the attempt', async () => {
    server.next('be silent', 'accept');
    const id = await requestWithNotify(ann, { email: true });
    await until('the server was asked', () => server.offered.length === 1);

    await worker.kill('SIGTERM');
    expect(await deliveriesOf(ann, id)).toMatchObject([{ status: 'pending', attempts: 0, error: null }]);
    await installation.startSuccessor();

    expect(await endedDeliveries(ann, id)).toMatchObject([{ status: 'delivered', attempts: 1 }]);
  });

  it('fails after it crashed its process at every attempt', async () => {
    server.next('be silent');
    const id = await requestWithNotify(ann, { email: true });
    await until('the server was asked', () => server.offered.length === 1);
    await installation.sql(`UPDATE export_deliveries SET attempts = 11 WHERE export_id = $1`, id);

    await worker.kill('SIGKILL');
    await installation.startSuccessor();

    expect(await endedDeliveries(ann, id)).toMatchObject([
      { status: 'failed', attempts: 11, error: expect.stringContaining('ended during every attempt') },
    ]);
  });
});
