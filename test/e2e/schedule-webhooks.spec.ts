import type { Client } from '../support/client';
import { Installation } from '../support/installation';
import {
  createNotes,
  createSchedule,
  notesSchedule,
  runsOf,
  SCHEDULES,
  scheduleOf,
  settledRuns,
} from '../support/schedules';
import { until } from '../support/until';
import { WebhookReceiver } from '../support/webhook-receiver';

describe('Schedules that call a webhook', () => {
  let installation: Installation;
  let receiver: WebhookReceiver;
  let ann: Client;

  beforeAll(async () => {
    receiver = await WebhookReceiver.start();
    installation = await Installation.create({ STORAGE: 'disk', OUTBOUND_ALLOWED_HOSTS: receiver.host });
    await installation.startApplication();
    ann = await installation.asUser('ann', { email: 'ann@example.com' });
    await createNotes(installation, 'ann');
  });

  beforeEach(() => {
    receiver.reset();
  });

  afterAll(async () => {
    await installation.remove();
    await receiver.stop();
  });

  const hooked = (more: object = {}) => ({
    delivery_method: 'webhook',
    webhook: { url: receiver.url, ...more },
  });

  it('show its secret once, and keep it while the address stays', async () => {
    const { id, webhook_secret: secret } = await createSchedule(ann, { name: 'hook', ...hooked() });

    const shown = await ann.get(`${SCHEDULES}/${id}`);
    const renamed = await ann.put(`${SCHEDULES}/${id}`, notesSchedule({ name: 'renamed', ...hooked() }));
    await ann.post(`${SCHEDULES}/${id}/run`);
    const [run] = await settledRuns(ann, id, 1);

    expect(secret).toMatch(/^whsec_/);
    for (const { body } of [shown, renamed]) {
      expect(body).toMatchObject({ webhook_url: receiver.url });
      expect(body).not.toHaveProperty('webhook_secret');
    }
    expect(run).toMatchObject({
      outcome: 'succeeded',
      deliveries: [{ channel: 'webhook', status: 'delivered', error: null }],
    });
    expect(receiver.received).toHaveLength(1);
  });

  it('are in the audit log by their id, without the secrets of their webhook', async () => {
    const { id } = await createSchedule(ann);
    const webhook = { url: `${receiver.url}?key=hush` };
    await ann.put(`${SCHEDULES}/${id}`, notesSchedule({ frequency: '5 4 * * *', delivery_method: 'webhook', webhook }));
    await ann.post(`${SCHEDULES}/${id}/pause`);

    const root = await installation.asUser('root', { roles: ['admin'] });
    const { body } = await root.get(`/api/v1/exports/audit?schedule_id=${id}`);

    const call = { frequency: '5 4 * * *', delivery: 'webhook', destination: new URL(receiver.url).origin };
    expect(body.results).toMatchObject([
      { action: 'schedule.paused', user_id: 'ann' },
      { action: 'schedule.changed', details: { data_types: 'notes', format: 'csv', ...call } },
      { action: 'schedule.created', details: { data_types: 'notes', frequency: 'daily', delivery: 'download' } },
    ]);
    expect(JSON.stringify(body)).not.toContain('hush');
  });

  it('store no secret as plain text', async () => {
    const { id, webhook_secret: secret } = await createSchedule(ann, { name: 'sealed', ...hooked() });

    const [row] = await installation.sql<{ row: string }>(
      'SELECT s::text AS row FROM scheduled_exports s WHERE id = $1',
      id,
    );

    expect(row!.row).not.toContain(secret!.slice('whsec_'.length));
  });

  it('have an outcome only after the webhook was called', async () => {
    const { id } = await createSchedule(ann, { name: 'slow hook', ...hooked() });
    receiver.behave(500);
    const { body: made } = await ann.post(`${SCHEDULES}/${id}/run`);
    await ann.finished(made.id as string);
    await until('it was tried', () => receiver.received.length > 0);

    const [open] = await runsOf(ann, id);
    receiver.behave(200);
    await installation.sql(`UPDATE export_deliveries SET next_attempt_at = now() WHERE export_id = $1`, made.id);
    const [ended] = await settledRuns(ann, id, 1);

    expect(open).toMatchObject({ status: 'completed', outcome: null, deliveries: [{ status: 'pending' }] });
    expect(ended).toMatchObject({ status: 'completed', outcome: 'succeeded', deliveries: [{ status: 'delivered' }] });
  });

  it('notify it of a pause if the owner has no known address', async () => {
    const nameless = await installation.asUser('ann');
    const { id } = await createSchedule(nameless, { name: 'failing hook', ...hooked() });
    await installation.sql('UPDATE scheduled_exports SET failures = 4, granted = $2 WHERE id = $1', id, {
      format: 'csv',
      dataTypes: ['no such type'],
      options: {},
    });

    await nameless.post(`${SCHEDULES}/${id}/run`);

    const told = await until('it is told', () => receiver.received.find(({ body }) => body.includes('.paused')));
    expect(JSON.parse(told.body)).toMatchObject({ type: 'schedule.paused', data: { schedule_id: id, failures: 5 } });
    expect(await scheduleOf(nameless, id)).toMatchObject({ is_active: false });
  });

  it('are paused when it answers 410, and do not call it again', async () => {
    const { id } = await createSchedule(ann, { name: 'gone hook', ...hooked() });
    const told = (await installation.sql(`SELECT FROM export_deliveries WHERE event = 'schedule.paused'`)).length;
    receiver.behave(410);

    await ann.post(`${SCHEDULES}/${id}/run`);
    const [run] = await settledRuns(ann, id, 1);

    expect(run).toMatchObject({ outcome: 'failed', status: 'completed' });
    expect(await scheduleOf(ann, id)).toMatchObject({
      is_active: false,
      next_run_at: null,
      paused_reason: expect.stringContaining('410'),
    });
    expect(await installation.sql(`SELECT FROM export_deliveries WHERE event = 'schedule.paused'`)).toHaveLength(told);
  });
});
