import { randomUUID } from 'node:crypto';
import { lessonBoard } from '../support/boards';
import { type Client, follow } from '../support/client';
import { addTableType } from '../support/data';
import { endedDeliveries, requestWithNotify, deliveriesOf } from '../support/deliveries';
import { insertEvent, insertParticipants, takeOut } from '../support/events';
import { Installation } from '../support/installation';
import { MailServer, type ReceivedMail } from '../support/mail-server';
import { until } from '../support/until';

/** The requester of an export is notified of its end by mail in their language. */
describe('Mail about exports', () => {
  let installation: Installation;
  let server: MailServer;
  let ann: Client;

  beforeAll(async () => {
    server = await MailServer.start();
    const mail = { SMTP_URL: server.url, MAIL_FROM: 'Exports <exports@platform.example>' };
    ({ installation } = await Installation.withApplication(mail));
    ann = await installation.asUser('ann', { email: 'ann@example.com' });
  });

  beforeEach(() => {
    server.reset();
  });

  afterAll(async () => {
    await installation.remove();
    await server.close();
  });

  async function mailOf(person: Client, id: string): Promise<ReceivedMail> {
    await person.finished(id);
    await endedDeliveries(person, id);
    expect(server.accepted).toHaveLength(1);
    return server.accepted[0]!;
  }

  it('describes the file and links to it for as long as it exists', async () => {
    const id = await requestWithNotify(ann, { email: true });

    const mail = await mailOf(ann, id);

    const record = await ann.status(id);
    const link = new URL(/http\S+/.exec(mail.text)![0]);
    const file = await follow(link.href);
    expect(mail).toMatchObject({
      from: 'exports@platform.example',
      to: ['ann@example.com'],
      type: 'multipart/alternative',
    });
    expect(mail.subject).toBe('Your export is ready: Algebra.pdf');
    expect(mail.headers).toMatchObject({ from: 'Exports <exports@platform.example>', to: 'ann@example.com' });
    expect(mail.html).toContain(link.href.replaceAll('&', '&amp;'));
    expect(file).toMatchObject({ status: 200, bytes: { length: record.file_size } });
    expect(Number(link.searchParams.get('expires'))).toBe(Math.floor(Date.parse(record.expires_at!) / 1000));
  });

  it('has the id of its delivery, which identifies a repeat', async () => {
    const id = await requestWithNotify(ann, { email: true });

    const { headers, messageId } = await mailOf(ann, id);

    const [told] = await deliveriesOf(ann, id);
    expect(messageId).toBe(`<${told!.id}@platform.example>`);
    expect(headers).toMatchObject({ 'x-entity-ref-id': told!.id, 'auto-submitted': 'auto-generated' });
    expect(await installation.history(id)).toEqual([
      'export.requested',
      'export.started',
      'export.completed',
      'delivery.delivered',
    ]);
  });

  it('is listed for the owner only, with a masked address', async () => {
    const id = await requestWithNotify(ann, { email: true });
    await mailOf(ann, id);
    const eve = await installation.asUser('eve');

    const { body } = await ann.get(`/api/v1/exports/${id}/deliveries/`);

    expect(body).toMatchObject({
      count: 1,
      results: [
        {
          channel: 'email',
          event: 'export.completed',
          to: 'a***@example.com',
          status: 'delivered',
          attempts: 1,
          error: null,
          next_attempt_at: null,
          ended_at: expect.any(String),
          created_at: expect.any(String),
        },
      ],
    });
    expect((await eve.get(`/api/v1/exports/${id}/deliveries`)).status).toBe(404);
    expect((await installation.asAnonymous().get(`/api/v1/exports/${id}/deliveries`)).status).toBe(401);
  });

  it('states why an export failed', async () => {
    const owner = randomUUID();
    const zoe = await installation.asUser(owner, { email: 'zoe@example.com' });
    await installation.sql(
      `CREATE VIEW divided AS SELECT n AS id, '${owner}'::uuid AS user_id, 1 / (n - 3) AS share FROM generate_series(1, 9) n`,
    );
    await addTableType(installation, 'divided');
    const requested = await zoe.post('/api/v1/exports', { type: 'partial', format: 'csv', data_types: ['divided'] });

    const mail = await mailOf(zoe, requested.body.id as string);

    expect(mail.subject).toBe('Your export failed (Data, CSV)');
    expect(mail.text).toContain('The database could not write the rows of "divided": division by zero (22012)');
    expect(await deliveriesOf(zoe, requested.body.id as string)).toMatchObject([
      { event: 'export.failed', status: 'delivered' },
    ]);
  });

  it('is sent for an export that a process of an earlier version ended without a message', async () => {
    const quiet = await requestWithNotify(ann, { email: true, on: ['failed'] });
    const id = await requestWithNotify(ann, { email: true });
    await mailOf(ann, id);
    await ann.finished(quiet);
    server.reset();
    await installation.sql('DELETE FROM export_deliveries WHERE export_id = $1', id);

    const mail = await until('it is told', () => server.accepted[0]);

    expect(mail).toMatchObject({ to: ['ann@example.com'], subject: 'Your export is ready: Algebra.pdf' });
    expect(await deliveriesOf(ann, quiet)).toEqual([]);
  });

  it('is not sent when nobody requested it, nor about a cancelled export', async () => {
    const quiet = await requestWithNotify(ann, { email: true, on: ['failed'] });
    await ann.finished(quiet);
    const lesson = await ann.saveBoard(lessonBoard(80));
    const requested = await ann.post(`/api/v1/solo/sessions/${lesson}/export`, {
      format: 'png',
      notify: { email: true },
    });
    const cancelled = requested.body.id as string;
    await ann.reaches(cancelled, 'processing', { every: 5 });
    await ann.delete(`/api/v1/exports/${cancelled}`);

    const told = await requestWithNotify(ann, { email: true });
    await mailOf(ann, told);

    expect(await ann.status(cancelled)).toMatchObject({ status: 'cancelled' });
    expect(await deliveriesOf(ann, quiet)).toEqual([]);
    expect(await deliveriesOf(ann, cancelled)).toEqual([]);
  });

  it.each([
    ['their token says', { locale: 'uk-UA' }, undefined, 'Ваш експорт готовий: Algebra.pdf'],
    ['the request says', { locale: 'uk' }, 'ru', 'Ваш экспорт готов: Algebra.pdf'],
    ['we write in, where theirs is none of these', { locale: 'fr' }, undefined, 'Your export is ready: Algebra.pdf'],
  ])('is in the language that %s', async (_, claims, language, subject) => {
    const person = await installation.asUser('ola', { email: 'ola@example.com', ...claims });
    const id = await requestWithNotify(person, { email: true, language });

    const mail = await mailOf(person, id);

    expect(mail.subject).toBe(subject);
    expect(mail.html).toContain(`<html lang="${language ?? (claims.locale === 'fr' ? 'en' : 'uk')}">`);
  });

  it('is one message to one person, whatever the name of the board', async () => {
    const name = 'Plan\r\nBcc: eve@example.com\r\n\r\n<img src=x onerror=alert(1)>\u202Efdp.exe "A" & Щ';
    const id = await requestWithNotify(ann, { email: true }, name);

    const mail = await mailOf(ann, id);

    expect(mail.to).toEqual(['ann@example.com']);
    expect(mail.counts).not.toHaveProperty('bcc');
    expect(mail.counts).toMatchObject({ to: 1, from: 1, subject: 1, 'message-id': 1 });
    expect(mail.subject).toMatch(/^Your export is ready: Plan Bcc/);
    expect(mail.html).not.toContain('<img');
    expect(`${mail.text}${mail.html}${mail.subject}`).not.toContain('\u202E');
  });

  it('links to the record of a one-time file and never to the file', async () => {
    const event = await insertEvent(installation.sql.bind(installation), { organizer: 'ann' });
    await insertParticipants(installation.sql.bind(installation), event, 3);
    const id = await takeOut(ann, event.id, { one_time: true, notify: { email: true } });

    const mail = await mailOf(ann, id);

    const links = `${mail.text} ${mail.html}`.match(/http[^\s<"]+/g)!;
    expect(new Set(links)).toEqual(new Set([`${installation.host.url}/api/v1/exports/${id}`]));
    expect(mail.text).toContain('3 rows');
    expect(mail.text).toMatch(/can be downloaded once/);
    for (const link of links) expect((await follow(link)).status).toBe(401);
    expect(await ann.status(id)).toMatchObject({ status: 'completed', download_count: 0 });
  });

  it('is not sent about a file that was deleted meanwhile', async () => {
    server.next('reject temporarily');
    const id = await requestWithNotify(ann, { email: true });
    await until('the server was asked', () => server.offered.length === 1);
    await ann.finished(id);
    await ann.delete(`/api/v1/exports/${id}`);
    await until('the attempt has failed', async () => (await deliveriesOf(ann, id))[0]!.error);

    await installation.sql(`UPDATE export_deliveries SET next_attempt_at = now() WHERE status = 'pending'`);

    expect(await endedDeliveries(ann, id)).toMatchObject([
      { status: 'failed', attempts: 2, error: 'The file was deleted before the mail was sent' },
    ]);
    expect(server.accepted).toEqual([]);
    expect(await installation.history(id)).toContain('delivery.failed');
  });

  it('is counted in metrics', async () => {
    const id = await requestWithNotify(ann, { email: true });
    await mailOf(ann, id);

    const { text } = await installation.asAnonymous().get('/metrics');

    expect(text).toMatch(/notifications_total\{channel="email",event="export.completed",outcome="delivered"\} \d/);
    expect(text).toMatch(/notifications_pending\{channel="email"\} 0/);
    expect(text).toMatch(/notification_oldest_pending_seconds 0/);
  });
});
