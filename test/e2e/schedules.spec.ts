import type { Client } from '../support/client';
import { Installation } from '../support/installation';
import { MailServer } from '../support/mail-server';
import {
  createNotes,
  createSchedule,
  notesSchedule,
  SCHEDULES,
  type ScheduleRecord,
  auditActionsOf,
} from '../support/schedules';
import { WebhookReceiver } from '../support/webhook-receiver';

const PRIVATE_STORAGE = { endpoint: 'http://169.254.169.254', access_key_id: 'a', secret_access_key: 'b' };

describe('Schedules', () => {
  let installation: Installation;
  let receiver: WebhookReceiver;
  let mail: MailServer;
  let ann: Client;
  let root: Client;

  beforeAll(async () => {
    receiver = await WebhookReceiver.start();
    mail = await MailServer.start();
    installation = await Installation.create({
      STORAGE: 'disk',
      OUTBOUND_ALLOWED_HOSTS: receiver.host,
      SMTP_URL: mail.url,
      MAIL_FROM: 'Exports <exports@platform.example>',
    });
    await installation.startApplication();
    ann = await installation.asUser('ann', { email: 'ann@example.com' });
    root = await installation.asUser('root', { roles: ['admin'] });
    await createNotes(installation, 'ann', 'eve');
  });

  beforeEach(() => {
    receiver.reset();
  });

  afterAll(async () => {
    await installation.remove();
    await receiver.stop();
    await mail.close();
  });

  describe('are created', () => {
    it('with the given fields, and defaults for the rest', async () => {
      const response = await ann.post(SCHEDULES, {
        name: '  weekly notes ',
        data_types: ['notes'],
        format: 'csv',
        filters: { notes: { created_at: { gte: 'now-7d' } } },
        columns: { notes: ['id'] },
        options: { bom: true },
        frequency: 'weekly',
        weekday: 'sunday',
        at: '02:00',
        timezone: 'Europe/Kyiv',
        retention_days: 0.5,
      });

      expect([response.status, response.headers.get('location')]).toEqual([201, `${SCHEDULES}/${response.body.id}/`]);
      expect(response.body).toEqual({
        id: expect.any(String),
        name: 'weekly notes',
        user_id: 'ann',
        tenant_id: null,
        paused_code: null,
        warnings: [],
        warning_codes: [],
        data_types: ['notes'],
        tables: [],
        columns: { notes: ['id'] },
        filters: { notes: { created_at: { gte: 'now-7d' } } },
        options: { bom: true },
        format: 'csv',
        frequency: 'weekly',
        cron: null,
        at: '02:00',
        weekday: 0,
        day_of_month: null,
        timezone: 'Europe/Kyiv',
        delivery_method: 'download',
        delivery_email: false,
        destination: null,
        destination_options: null,
        webhook_url: null,
        language: null,
        retention_days: 0.5,
        next_run_at: expect.any(String),
        last_run_at: null,
        last_run: null,
        is_active: true,
        paused_reason: null,
        failures: 0,
        created_at: expect.any(String),
        updated_at: expect.any(String),
      });
      const next = new Date(response.body.next_run_at as string);
      expect(next.getTime()).toBeGreaterThan(Date.now());
      expect(next.toLocaleString('en', { timeZone: 'Europe/Kyiv', weekday: 'long', timeStyle: undefined })).toBe(
        'Sunday',
      );
      expect((await ann.get(`${SCHEDULES}/${response.body.id}/`)).body).toEqual(response.body);
      expect(await auditActionsOf(installation, response.body.id as string)).toEqual(['schedule.created']);
    });

    it('with a cron expression as the frequency or as `cron`', async () => {
      const here = await createSchedule(ann, { frequency: '0 1 * * *' });
      const there = await createSchedule(ann, { frequency: 'cron', cron: '0 1 * * *' });

      expect(here).toMatchObject({ frequency: 'cron', cron: '0 1 * * *', next_run_at: there.next_run_at });
    });

    it('with null like a field that is left out', async () => {
      const webhook = { url: receiver.url, secret: null };

      const kept = await createSchedule(ann, { delivery_method: 'webhook', webhook, timezone: null, options: null });

      expect(kept).toMatchObject({ timezone: 'UTC', options: {}, webhook_secret: expect.stringMatching(/^whsec_/) });
    });

    it('once for a repeated request', async () => {
      const key = { 'Idempotency-Key': 'schedule-1' };

      const responses = await Promise.all(
        [1, 2, 3].map(() => ann.post(SCHEDULES, notesSchedule({ name: 'once' }), key)),
      );
      const other = await ann.post(SCHEDULES, notesSchedule({ name: 'other' }), key);

      expect(responses.map(({ status }) => status).sort()).toEqual([200, 200, 201]);
      expect(new Set(responses.map(({ body }) => body.id as string)).size).toBe(1);
      expect(other.status).toBe(422);
    });

    it('and listed, newest first', async () => {
      const person = await installation.asUser('lister');
      const ids: string[] = [];
      for (const name of ['one', 'two', 'three']) ids.unshift((await createSchedule(person, { name })).id);
      await person.post(`${SCHEDULES}/${ids[1]}/pause`);

      const first = await person.get(`${SCHEDULES}?limit=2`);
      const second = await person.get(first.body.next as string);
      const paused = await person.get(`${SCHEDULES}?is_active=false`);

      expect(first.body.count).toBe(3);
      expect([...first.body.results, ...second.body.results].map(({ id }: ScheduleRecord) => id)).toEqual(ids);
      expect(second.body.next).toBeNull();
      expect(paused.body.results).toMatchObject([{ id: ids[1], next_run_at: null }]);
    });

    it('up to a hundred per person', async () => {
      const person = await installation.asUser('hoarder');
      await createSchedule(person);
      await installation.sql(
        `INSERT INTO scheduled_exports (id, user_id, name, format, granted, frequency, is_active)
         SELECT gen_random_uuid(), 'hoarder', 'n', 'csv', '{}', 'daily', false FROM generate_series(1, 99)`,
      );

      const refused = await person.post(SCHEDULES, notesSchedule());

      expect(refused.status).toBe(409);
      expect(refused.body.detail).toMatch(/100 schedules/);
    });
  });

  describe('are previewed', () => {
    const PREVIEW = `${SCHEDULES}/preview`;

    it('with ten runs in their zone, and what relative filters mean in each', async () => {
      const before = await countSchedules();
      const body = notesSchedule({
        filters: { notes: { created_at: 'yesterday' } },
        at: '03:30',
        timezone: 'Europe/Kyiv',
      });

      const alone = await ann.post(PREVIEW, { frequency: 'daily', at: '03:30', timezone: 'Europe/Kyiv' });
      const whole = await ann.post(PREVIEW, body);

      expect([alone.status, alone.body.count, alone.body.timezone]).toEqual([200, 10, 'Europe/Kyiv']);
      const [first] = whole.body.results;
      expect(first.local_time).toMatch(/T03:30:00\.000\+0[23]:00$/);
      expect(first.slot).toBe(new Date(first.local_time as string).toISOString());
      expect(first.periods).toEqual([
        {
          field: 'notes.created_at',
          value: 'yesterday',
          from: expect.stringContaining('T00:00:00.000'),
          before: expect.stringContaining(`${(first.local_time as string).slice(0, 10)}T00:00:00.000`),
        },
      ]);
      expect(alone.body.results).toEqual((whole.body.results as object[]).map((run) => ({ ...run, periods: [] })));
      expect(await countSchedules()).toBe(before);
    });

    it('with the clock changes of a year and the next run of the schedule', async () => {
      const body = { frequency: 'cron', cron: '30 3 * 3,10 SUN', timezone: 'Europe/Kyiv' };
      const { next_run_at: next } = await createSchedule(ann, body);

      const { results } = (await ann.post(PREVIEW, { ...body, count: 10 })).body;

      expect(results[0].slot).toBe(next);
      const changes = (results as { clock_change: string | null }[]).map((run) => run.clock_change);
      expect(new Set(changes)).toEqual(new Set([null, 'gap', 'overlap']));
    });

    it('only with valid fields, and refused as when they are created', async () => {
      const wrong = [
        { frequency: 'yearly', at: '25:00', timezone: 'Mars' },
        { frequency: 'cron', cron: '*/5 * * * *' },
        { frequency: 'weekly', weekday: 'someday', day_of_month: 3 },
        { frequency: 'daily', day_of_month: 'x', unknown: 1 },
        {},
      ];

      for (const recurrence of wrong) {
        const [created, previewed] = await Promise.all([
          ann.post(SCHEDULES, { name: 'my notes', data_types: ['notes'], format: 'csv', ...recurrence }),
          ann.post(PREVIEW, recurrence),
        ]);
        expect([created.status, previewed.status]).toEqual([400, 400]);
        expect(previewed.body.errors).toEqual(created.body.errors);
      }
      for (const count of [0, 51, 1.5]) {
        expect((await ann.post(PREVIEW, { frequency: 'daily', count })).body.errors).toMatchObject([
          { field: 'count' },
        ]);
      }
      expect((await root.post(PREVIEW, { frequency: '* * * * *', count: 50 })).body.count).toBe(50);
    });

    it('for users only, by the limit of estimates', async () => {
      const limited = await installation.startApplication({
        RATE_LIMIT_ESTIMATES: '1/1h',
        RATE_LIMIT_SCHEDULE_CHANGES: '1/1h',
      });
      const eve = await installation.asUser('eve', { at: limited });
      const partner = await installation.asCustomer();

      const answers = [
        await eve.post(PREVIEW, { frequency: 'daily' }),
        await eve.post(PREVIEW, { frequency: 'daily' }),
      ];

      expect(answers.map(({ status }) => status)).toEqual([200, 429]);
      expect(answers[1]!.body.detail).toContain('estimates and previews of schedules');
      expect((await eve.post(SCHEDULES, notesSchedule())).status).toBe(201);
      expect((await partner.post(PREVIEW, { frequency: 'daily' })).status).toBe(401);
    });

    async function countSchedules(): Promise<number> {
      const [row] = await installation.sql<{ n: number }>('SELECT count(*)::int AS n FROM scheduled_exports');
      return row!.n;
    }
  });

  describe('are refused with 400 and the name of the invalid field:', () => {
    it.each([
      [{ name: 'x'.repeat(1000) }, 'name'],
      [{ name: '   ' }, 'name'],
      [{ name: 'two\nlines' }, 'name'],
      [{ name: undefined }, 'name'],
      [{ frequency: 'sometimes' }, 'frequency'],
      [{ frequency: '61 * * * *' }, 'frequency'],
      [{ frequency: '0 0 30 2 *' }, 'frequency'],
      [{ frequency: '@reboot' }, 'frequency'],
      [{ frequency: '* * * * * *' }, 'frequency'],
      [{ frequency: 'cron', cron: 'nonsense' }, 'cron'],
      [{ at: '25:00' }, 'at'],
      [{ at: 7 }, 'at'],
      [{ frequency: 'weekly', weekday: 'noday' }, 'weekday'],
      [{ frequency: 'weekly', weekday: {} }, 'weekday'],
      [{ frequency: 'monthly', day_of_month: 0 }, 'day_of_month'],
      [{ timezone: 'Mars/Olympus' }, 'timezone'],
      [{ format: 'docx' }, 'format'],
      [{ data_types: ['nothing'] }, 'data_types.0'],
      [{ filters: { nothing: { id: 1 } } }, 'filters.nothing'],
      [{ columns: { notes: ['nothing'] } }, 'columns.notes'],
      [{ format: 'json', options: { bom: true } }, 'options.bom'],
      [{ options: { timezone: 'UTC' } }, 'options.timezone'],
      [{ delivery_method: 'pigeon' }, 'delivery_method'],
      [{ delivery_method: 's3' }, 'destination'],
      [{ destination: 's3://bucket/' }, 'destination'],
      [{ delivery_method: 's3', destination: 'bucket/prefix' }, 'destination'],
      [{ delivery_method: 's3', destination: 's3://bucket/prefix/' }, 'destination'],
      [{ delivery_method: 's3', destination: 's3://bucket/', destination_options: PRIVATE_STORAGE }, 'destination'],
      [{ delivery_method: 'webhook' }, 'webhook'],
      [{ webhook: { url: 'https://example.com' } }, 'webhook'],
      [{ delivery_method: 'webhook', webhook: { url: 'http://169.254.169.254/latest' } }, 'webhook'],
      [{ delivery_method: 'webhook', webhook: { url: 'https://10.0.0.1/hook' } }, 'webhook'],
      [{ delivery_method: 'webhook', webhook: [{ url: 'https://example.com' }] }, 'webhook'],
      [{ delivery_method: 's3', destination: 's3://bucket/', destination_options: [] }, 'destination_options'],
      [{ options: [] }, 'options'],
      [
        {
          delivery_method: 's3',
          destination: 's3://bucket/',
          destination_options: { endpoint: null, region: null, access_key_id: null, secret_access_key: null },
        },
        'destination',
      ],
      [{ delivery_email: 'nobody' }, 'delivery_email'],
      [{ delivery_email: 7 }, 'delivery_email'],
      [{ delivery_email: '' }, 'delivery_email'],
      [{ delivery_method: 'email', delivery_email: '' }, 'delivery_email'],
      [{ delivery_method: 'email', delivery_email: false }, 'delivery_email'],
      [{ language: 'xx' }, 'language'],
      [{ retention_days: -1 }, 'retention_days'],
      [{ retention_days: 8 }, 'retention_days'],
      [{ is_active: 'yes' }, 'is_active'],
      [{ next_run_at: '2030-01-01' }, 'next_run_at'],
    ])('%j', async (more, field) => {
      const refused = await ann.post(SCHEDULES, notesSchedule(more));

      expect([refused.status, refused.body.errors]).toEqual([
        400,
        [{ field, message: expect.any(String), code: expect.any(String) }],
      ]);
    });

    it.each([
      [{ frequency: undefined }, 'frequency', /^frequency must be a string$/],
      [{ timezone: 3 }, 'timezone', /^timezone must be a string$/],
      [{ tables: 'notes' }, 'tables', /^tables must be an array$/],
      [{ frequency: 'monthly', day_of_month: '31' }, 'day_of_month', /whole number from 1 to 31$/],
      [{ delivery_method: 'webhook', webhook: {} }, 'webhook.url', /^url must be an address such as https/],
      [{ delivery_method: 'webhook', webhook: 'https://example.com' }, 'webhook', /^webhook must be an object$/],
      [{ frequency: '61 * * * *' }, 'frequency', /the minute.*0 to 59.*61/],
      [{ frequency: '0 24 * * *' }, 'frequency', /the hour.*0 to 23.*24/],
      [{ frequency: '0 0 32 * *' }, 'frequency', /the day of the month.*1 to 31.*32/],
      [{ frequency: '0 0 * 13 *' }, 'frequency', /the month.*1 to 12.*13/],
      [{ frequency: '0 0 * * mon-' }, 'frequency', /the day of the week.*0 to 7.*mon-/],
    ])('with a message that says what is valid: %j', async (more, field, words) => {
      const { body } = await ann.post(SCHEDULES, notesSchedule(more));

      expect(body.errors).toEqual([{ field, message: expect.stringMatching(words), code: expect.any(String) }]);
    });

    it('with every invalid field at once', async () => {
      const more = { name: '', frequency: 'x', timezone: 'Mars', data_types: ['nothing'], delivery_method: 's3' };

      const { status, body } = await ann.post(SCHEDULES, notesSchedule(more));

      const fields = (body.errors as { field: string }[]).map(({ field }) => field);
      expect([status, fields]).toEqual([400, ['name', 'frequency', 'timezone', 'data_types.0', 'destination']]);
    });

    it('for a table outside the catalog', async () => {
      const refused = await root.post(SCHEDULES, notesSchedule({ data_types: [], tables: ['scheduled_exports'] }));

      expect([refused.status, refused.body.errors]).toEqual([
        400,
        [{ field: 'tables.0', message: expect.any(String), code: expect.any(String) }],
      ]);
    });
  });
});
