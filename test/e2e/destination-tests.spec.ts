import { createHmac } from 'node:crypto';
import type { ApiResponse, Client } from '../support/client';
import { Installation } from '../support/installation';
import { MailServer } from '../support/mail-server';
import { ObjectServer } from '../support/object-server';
import { createNotes, createSchedule } from '../support/schedules';
import { until } from '../support/until';
import { type ReceivedRequest, WebhookReceiver } from '../support/webhook-receiver';

const TEST = '/api/v1/exports/destinations/test';
const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const PRIVATE = { delivery_method: 'webhook', webhook: { url: 'https://10.0.0.1/hook' } };

describe('POST /exports/destinations/test', () => {
  let installation: Installation;
  let receiver: WebhookReceiver;
  let mail: MailServer;
  let bucket: ObjectServer;
  let ann: Client;
  let root: Client;

  beforeAll(async () => {
    receiver = await WebhookReceiver.start();
    mail = await MailServer.start();
    bucket = await ObjectServer.start({ credentials: { accessKeyId: 'key', secretAccessKey: 'secret' } });
    ({ installation } = await Installation.withApplication({
      STORAGE: 'disk',
      OUTBOUND_ALLOWED_HOSTS: `${receiver.host},${bucket.host}`,
      SMTP_URL: mail.url,
      MAIL_FROM: 'Exports <exports@platform.example>',
    }));
    ann = await installation.asUser('ann', { email: 'ann@example.com', locale: 'uk' });
    root = await installation.asUser('root', { roles: ['admin'], email: 'root@example.com' });
    await createNotes(installation, 'ann', 'eve');
  });
  beforeEach(() => {
    receiver.reset();
    mail.reset();
  });
  afterAll(async () => {
    await installation.remove();
    await receiver.stop();
    await mail.close();
    await bucket.stop();
  });

  const hook = (secret?: string) => ({ delivery_method: 'webhook', webhook: { url: receiver.url, secret } });
  const stepsOf = ({ body }: ApiResponse) =>
    (body.steps as { name: string; outcome: string; error_code: string | null }[]).map(
      ({ name, outcome, error_code }) => `${name} ${error_code ?? outcome}`,
    );

  it('posts one signed message without data to a webhook', async () => {
    const answer = await ann.post(TEST, hook(SECRET));

    expect([answer.status, stepsOf(answer)]).toEqual([200, ['resolve ok', 'connect ok', 'send ok']]);
    expect(answer.body).toMatchObject({ channel: 'webhook', reachable: true, outcome: 'reachable' });
    expect(answer.body.steps[2]).toEqual({
      name: 'send',
      outcome: 'ok',
      duration_ms: expect.any(Number),
      error_code: null,
      error: null,
      action: null,
      status_class: '2xx',
    });
    const [{ method, headers, body }] = receiver.received as [(typeof receiver.received)[0]];
    expect([receiver.received.length, method]).toEqual([1, 'POST']);
    expect(body).toMatch(/^\{"type":"export\.test","timestamp":"\d{4}-\d\d-\d\dT[\d:.]+Z","data":\{\}\}$/);
    expect(headers['webhook-signature']).toBe(signatureOf(receiver.received[0]!));
  });

  it('says what to do when a receiver does not accept the message, and follows no redirect', async () => {
    receiver.behave(404, { status: 302, headers: { location: receiver.url } });

    const [missing, moved] = [await ann.post(TEST, hook()), await ann.post(TEST, hook())];

    expect(missing.body).toMatchObject({ reachable: false, outcome: 'not-accepted' });
    expect(missing.body.steps[2]).toMatchObject({
      outcome: 'failed',
      error_code: 'receiver-refused',
      error: 'The receiver answered 4xx',
      action: expect.stringContaining('export.test'),
      status_class: '4xx',
    });
    expect(moved.body.steps[2]).toMatchObject({ error: expect.stringContaining('redirects'), status_class: '3xx' });
    expect(receiver.received).toHaveLength(2);
  });

  it('uses the stored secret of a schedule of the caller', async () => {
    const { id } = await createSchedule(ann, hook(SECRET));
    const eve = await installation.asUser('eve');

    const answers = [await ann.post(TEST, { schedule_id: id }), await ann.post(TEST, { ...hook(), schedule_id: id })];

    expect(answers.map(({ body }) => body.outcome as string)).toEqual(['reachable', 'reachable']);
    for (const one of receiver.received) expect(one.headers['webhook-signature']).toBe(signatureOf(one));
    expect((await eve.post(TEST, { schedule_id: id })).status).toBe(404);
    expect((await root.post(TEST, { schedule_id: id })).body.code).toBe('owner-only');
    const download = await createSchedule(ann);
    expect((await ann.post(TEST, { schedule_id: download.id })).body.errors).toMatchObject([
      { field: 'delivery_method' },
    ]);
  });

  it('shows callers who are no administrators only the outcome for hosts that are not allowed', async () => {
    const [ofAnn, ofRoot] = [await ann.post(TEST, PRIVATE), await root.post(TEST, PRIVATE)];

    expect(ofAnn.body).toEqual({ channel: 'webhook', reachable: false, outcome: 'not-accepted', steps: null });
    expect(stepsOf(ofRoot)).toEqual([
      'resolve address-refused',
      'connect earlier-step-failed',
      'tls earlier-step-failed',
      'send earlier-step-failed',
    ]);
    expect(ofRoot.body.steps[0].error).toContain('has no public address');
  });

  it('starts an upload to a bucket and aborts it, so that no object appears', async () => {
    const to = (secret_access_key: string) => ({
      delivery_method: 's3',
      destination: 's3://bucket/daily/',
      destination_options: { endpoint: bucket.url, access_key_id: 'key', secret_access_key },
    });
    const { id } = await createSchedule(ann, to('secret'));
    const rest = ['write', 'read', 'delete'];

    const [passed, refused] = [await ann.post(TEST, to('secret')), await ann.post(TEST, to('wrong'))];
    bucket.isReadable = false;
    const stored = await ann.post(TEST, { schedule_id: id });
    bucket.isReadable = true;

    const begin = ['resolve ok', 'connect ok'];
    expect(stepsOf(passed)).toEqual([...begin, 'authenticate ok', ...rest.map((name) => `${name} ok`)]);
    expect(stepsOf(stored).slice(3)).toEqual(['write ok', 'read not-permitted', 'delete ok']);
    expect(stored.body.outcome).toBe('reachable');
    expect(stepsOf(refused)).toEqual([
      ...begin,
      'authenticate credentials-refused',
      ...rest.map((name) => `${name} earlier-step-failed`),
    ]);
    expect(refused.body.outcome).toBe('not-accepted');
    expect(bucket.objects.size).toBe(0);
  });

  it('writes a mail to the own address of the caller only', async () => {
    const own = await ann.post(TEST, { delivery_method: 'email' });
    const other = await root.post(TEST, { delivery_method: 'email', delivery_email: 'stranger@example.com' });
    const refused = await ann.post(TEST, { delivery_method: 'email', delivery_email: 'stranger@example.com' });

    expect(own.body).toEqual({ channel: 'email', reachable: true, outcome: 'reachable', steps: null });
    expect(mail.accepted.map(({ to, subject }) => [to, subject])).toEqual([
      [['ann@example.com'], 'Тестове повідомлення'],
    ]);
    expect(stepsOf(other)).toEqual(['resolve ok', 'connect ok', 'authenticate ok', 'send own-address-only']);
    expect([refused.status, refused.body.errors[0].field]).toEqual([400, 'delivery_email']);
  });

  it('names the step at which the mail server fails', async () => {
    mail.next('reject permanently');

    const refused = await root.post(TEST, { delivery_method: 'email' });

    expect(stepsOf(refused)[3]).toBe('send mail-refused');
    expect(refused.body.outcome).toBe('not-accepted');
  });

  it.each([
    [{}, 'delivery_method'],
    [{ delivery_method: 'download' }, 'delivery_method'],
    [{ delivery_method: 'webhook' }, 'webhook'],
    [{ delivery_method: 'webhook', webhook: { url: 'http://public.example.com/' } }, 'webhook'],
    [{ delivery_method: 'webhook', webhook: { url: 'https://a.example.com', secret: 'short' } }, 'webhook'],
    [{ delivery_method: 's3', destination: 'bucket' }, 'destination'],
    [{ delivery_method: 's3', destination: 's3://bucket/' }, 'destination'],
    [{ delivery_method: 'sftp', destination: 'sftp://a.example.com/' }, 'destination'],
    [{ schedule_id: 'x' }, 'schedule_id'],
    [{ delivery_method: 'webhook', unknown: 1 }, 'unknown'],
  ])('refuses a wrong form with 400: %j', async (body, field) => {
    const { status, body: problem } = await ann.post(TEST, body);

    expect([status, (problem.errors as { field: string }[]).map((error) => error.field)]).toEqual([400, [field]]);
  });

  it('is for users, a limited number of times, and is recorded without secrets', async () => {
    const limited = await installation.startApplication({ RATE_LIMIT_DESTINATION_TESTS: '2/1h' });
    const zoe = await installation.asUser('zoe', { at: limited });
    const partner = await installation.asCustomer();
    const secret = { ...hook(SECRET), webhook: { url: `${receiver.url}?token=1`, secret: SECRET } };

    const answers = [await zoe.post(TEST, secret), await zoe.post(TEST, PRIVATE), await zoe.post(TEST, secret)];

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
    expect(answers[2]!.body.detail).toContain('tests of destinations');
    expect((await partner.post(TEST, PRIVATE)).status).toBe(401);
    const entries = await installation.sql(
      `SELECT details FROM export_audit_log WHERE user_id = 'zoe' AND action = 'destination.tested' ORDER BY id`,
    );
    expect(entries.map(({ details }) => details as unknown)).toEqual([
      { channel: 'webhook', target: `http://${receiver.host}`, outcome: 'reachable' },
      { channel: 'webhook', target: 'https://10.0.0.1', outcome: 'not-accepted' },
    ]);
  });

  it('ends when the client disconnects', async () => {
    receiver.behave('silent');
    const leaving = new AbortController();
    const kim = await installation.asUser('kim');
    const request = fetch(new URL(TEST, kim.url), {
      method: 'POST',
      headers: { ...kim.credentials, 'content-type': 'application/json' },
      body: JSON.stringify(hook()),
      signal: leaving.signal,
    }).catch(() => undefined);
    await until('the receiver has the message', () => receiver.received.length === 1);

    leaving.abort();
    await request;

    const outcome = await until('the test is recorded', async () => {
      const [entry] = await installation.sql<{ outcome: string }>(
        `SELECT details->>'outcome' AS outcome FROM export_audit_log WHERE user_id = 'kim'`,
      );
      return entry?.outcome;
    });
    expect(outcome).toBe('cancelled');
  });
});

/** As the receiver computes it. */
function signatureOf({ headers, body }: ReceivedRequest): string {
  const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
  return `v1,${createHmac('sha256', Buffer.alloc(32, 7)).update(signed).digest('base64')}`;
}
