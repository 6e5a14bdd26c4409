import { randomUUID } from 'node:crypto';
import { type Client, follow } from '../support/client';
import { addTableType } from '../support/data';
import { Installation } from '../support/installation';

const ZONES = ['UTC', 'Europe/Kyiv', 'America/St_Johns', 'Pacific/Kiritimati'];

/** Every half hour of some weeks around now, and the edges of days, in a column of each kind. */
const MOMENTS = `
  CREATE TABLE moments AS
  SELECT row_number() OVER ()::int AS id, '%owner'::uuid AS user_id, at AS created_at, at AT TIME ZONE 'UTC' AS local,
         (at AT TIME ZONE 'UTC')::date AS day, 'yesterday' AS note,
         (at AT TIME ZONE 'UTC')::time AS clock, daterange((at AT TIME ZONE 'UTC')::date, NULL) AS since, ARRAY[at] AS all_times,
         to_tsvector('simple', 'now or never') AS words
  FROM (SELECT generate_series(now() - INTERVAL '75 days', now() + INTERVAL '5 days', INTERVAL '30 minutes') AS at
        UNION SELECT date_trunc('day', now(), zone) + make_interval(days => n) + edge
        FROM unnest('{${ZONES.join(',')}}'::text[]) AS zone, generate_series(-8, 3) AS n,
             unnest('{-1 ms,0 ms}'::interval[]) AS edge) AS all_of_them`;

describe('Relative filters', () => {
  let installation: Installation;
  let owner: string;
  let ann: Client;

  beforeAll(async () => {
    ({ installation } = await Installation.withApplication());
    owner = randomUUID();
    ann = await installation.asUser(owner);
    await installation.sql(MOMENTS.replace('%owner', owner));
    await addTableType(installation, 'moments');
  });

  afterAll(() => installation.remove());

  function ask(filters: unknown, options: object = {}, headers: Record<string, string> = {}) {
    const body = { type: 'realtime', format: 'csv', data_types: ['moments'], columns: ['id'], filters, options };
    return ann.post('/api/exports', body, headers);
  }

  /** The ids that came, and the moment that the record says they are relative to. */
  async function found(filters: object, timezone: string): Promise<{ ids: number[]; now: string }> {
    const response = await ask(filters, { timezone });
    if (response.status !== 200) throw new Error(response.text);
    const { options } = await ann.status(response.headers.get('location')!.split('/').at(-2)!);
    const ids = response.text.trim().split('\n').slice(1).map(Number).sort(byNumber);
    return { ids, now: (options as { as_of: string }).as_of };
  }

  /** What PostgreSQL finds by its own arithmetic; `%z` is the zone, `%now` the moment. */
  async function expected(condition: string, now: string, zone: string): Promise<number[]> {
    const where = condition.replaceAll('%z', `'${zone}'`).replaceAll('%now', `'${now}'::timestamptz`);
    const rows = await installation.sql<{ id: number }>(`SELECT id FROM moments WHERE ${where} ORDER BY id`);
    return rows.map(({ id }) => id);
  }

  const dayOf = (column: string) => `(${column} AT TIME ZONE %z)::date`;

  it.each<[object, string]>([
    [{ created_at: 'yesterday' }, `${dayOf('created_at')} = ${dayOf('%now')} - 1`],
    [{ created_at: { eq: 'today' } }, `${dayOf('created_at')} = ${dayOf('%now')}`],
    [{ created_at: 'now+1d/d' }, `${dayOf('created_at')} = ${dayOf('%now')} + 1`],
    [{ created_at: { ne: 'yesterday' } }, `${dayOf('created_at')} <> ${dayOf('%now')} - 1`],
    [
      { created_at: { in: ['yesterday', 'tomorrow', '1999-12-31'] } },
      `${dayOf('created_at')} IN (${dayOf('%now')} - 1, ${dayOf('%now')} + 1)`,
    ],
    [{ created_at: { lte: 'yesterday' } }, `${dayOf('created_at')} <= ${dayOf('%now')} - 1`],
    [{ created_at: { lt: 'yesterday' } }, `${dayOf('created_at')} < ${dayOf('%now')} - 1`],
    [{ created_at: { gt: 'yesterday' } }, `${dayOf('created_at')} > ${dayOf('%now')} - 1`],
    [{ created_at: { gte: 'yesterday' } }, `${dayOf('created_at')} >= ${dayOf('%now')} - 1`],
    [{ created_at: { gte: 'now-7d' } }, `created_at >= (%now AT TIME ZONE %z - INTERVAL '7 days') AT TIME ZONE %z`],
    [
      { created_at: { gt: 'now-90m', lte: 'now+1h' } },
      `created_at > %now - INTERVAL '90 min' AND created_at <= %now + INTERVAL '1 h'`,
    ],
    [
      { created_at: { gte: 'now-1M/M', lt: 'now/M' } },
      `created_at >= date_trunc('month', %now AT TIME ZONE %z - INTERVAL '1 month') AT TIME ZONE %z AND created_at < date_trunc('month', %now, %z)`,
    ],
    [
      { created_at: 'now-1w/w' },
      `date_trunc('week', created_at AT TIME ZONE %z) = date_trunc('week', %now AT TIME ZONE %z) - INTERVAL '7 days'`,
    ],
    [{ created_at: { gte: 'now/y' } }, `created_at >= date_trunc('year', %now, %z)`],
    [
      { created_at: 'now-1h/h' },
      `date_trunc('hour', created_at AT TIME ZONE %z) = date_trunc('hour', (%now - INTERVAL '1 h') AT TIME ZONE %z)`,
    ],
    [
      { dateFrom: 'now-1d/d', dateTo: 'today' },
      `${dayOf('created_at')} BETWEEN ${dayOf('%now')} - 1 AND ${dayOf('%now')}`,
    ],
    [{ dateTo: 'now-12h' }, `created_at <= %now - INTERVAL '12 h'`],
    [{ local: 'yesterday' }, `local::date = ${dayOf('%now')} - 1`],
    [{ local: { gte: 'now-3h' } }, `local >= (%now - INTERVAL '3 h') AT TIME ZONE %z`],
    [{ day: 'yesterday' }, `day = ${dayOf('%now')} - 1`],
    [{ day: { ne: 'today' } }, `day <> ${dayOf('%now')}`],
    [{ day: { gt: 'now-2d', lte: 'today' } }, `day > ${dayOf('%now')} - 2 AND day <= ${dayOf('%now')}`],
    [{ day: { in: ['now/h', 'yesterday'] } }, `day IN (${dayOf('%now')}, ${dayOf('%now')} - 1)`],
  ])('%j return the rows that PostgreSQL finds with %s', async (filter, condition) => {
    for (const zone of ZONES) {
      const { ids, now } = await found({ moments: filter }, zone);

      expect(now).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
      expect(ids).toEqual(await expected(condition, now, zone));
      expect(ids).not.toEqual([]);
    }
  });

  it('do not interpret the values of text columns', async () => {
    const words = `'never':3 'now':1 'or':2`;
    const response = await ask({ moments: { note: 'yesterday', words, id: { lte: 3 } } });
    const { options } = await ann.status(response.headers.get('location')!.split('/').at(-2)!);

    expect(response.text.trim().split('\n')).toHaveLength(4);
    expect(options).not.toHaveProperty('as_of');
  });

  it('have the same reference time for a repeated request and for the worker', async () => {
    const key = randomUUID();
    const request = () =>
      ann.post(
        '/api/exports',
        {
          type: 'partial',
          format: 'csv',
          data_types: ['moments'],
          filters: { moments: { created_at: { lte: 'now' } } },
        },
        { 'idempotency-key': key },
      );

    const first = await request();
    await installation.sql(`INSERT INTO moments (id, user_id, created_at) VALUES (0, $1, now())`, owner);
    const again = await request();
    const record = await ann.finished(first.body.id as string);
    const file = await follow(record.file_url);
    await installation.sql('DELETE FROM moments WHERE id = 0');

    expect([first.status, again.status]).toEqual([201, 200]);
    expect(again.body).toMatchObject({ id: record.id, options: first.body.options });
    const { as_of: now } = record.options as { as_of: string };
    expect(record.record_count).toBe((await expected('created_at <= %now', now, 'UTC')).length);
    expect(file.text).not.toMatch(/^0,/m);
  });

  it.each<[unknown, string]>([
    [{ moments: { created_at: 'lastweek' } }, 'filters.moments.created_at'],
    [{ moments: { created_at: { gte: 'now-7x' } } }, 'filters.moments.created_at.gte'],
    [{ moments: { created_at: { gte: 'NOW-7d' } } }, 'filters.moments.created_at.gte'],
    [{ moments: { created_at: { gte: 'now - 7d' } } }, 'filters.moments.created_at.gte'],
    [{ moments: { created_at: ' yesterday' } }, 'filters.moments.created_at'],
    [{ moments: { created_at: 'Today' } }, 'filters.moments.created_at'],
    [{ moments: { created_at: 'yesterday allballs' } }, 'filters.moments.created_at'],
    [{ moments: { created_at: 'now-1d/d/d' } }, 'filters.moments.created_at'],
    [{ moments: { created_at: { in: ['today', 'now+'] } } }, 'filters.moments.created_at.in.1'],
    [{ moments: { created_at: { like: 'today' } } }, 'filters.moments.created_at.like'],
    [{ moments: { created_at: { gte: 'now-99999y' } } }, 'filters.moments.created_at.gte'],
    [{ moments: { created_at: { gte: "now'::text); DROP TABLE moments; --" } } }, 'filters.moments.created_at.gte'],
    [{ moments: { created_at: "now-1d'" } }, 'filters.moments.created_at'],
    [{ moments: { day: { lt: 'next week' } } }, 'filters.moments.day.lt'],
    [{ moments: { local: 'tomorrow!' } }, 'filters.moments.local'],
    [{ moments: { clock: { gt: 'now' } } }, 'filters.moments.clock.gt'],
    [{ moments: { since: '[yesterday,)' } }, 'filters.moments.since'],
    [{ moments: { all_times: { in: ['{today}'] } } }, 'filters.moments.all_times.in.0'],
    [{ dateFrom: 'lastweek' }, 'filters.dateFrom'],
    [{ dateFrom: 'now-1' }, 'filters.dateFrom'],
    [{ moments: { dateTo: 'Yesterday' } }, 'filters.moments.dateTo'],
    [{ moments: { dateTo: ['yesterday'] } }, 'filters.moments.dateTo'],
  ])('are rejected under their field if malformed: %j', async (filters, field) => {
    const { status, body } = await ask(filters);

    expect({ status, errors: body.errors as unknown }).toEqual({
      status: 400,
      errors: [{ field, message: expect.any(String), code: expect.any(String) }],
    });
  });

  it('list the supported forms in their errors', async () => {
    const messages = await Promise.all(
      [{ dateFrom: 'lastweek' }, { moments: { created_at: 'lastweek' } }, { moments: { created_at: 'now-7x' } }].map(
        async (filters) => ((await ask(filters)).body.errors as { message: string }[])[0]!.message,
      ),
    );

    for (const message of messages) expect(message).toContain('yesterday, tomorrow, or now with an amount');
  });

  it('do not accept a reference time from the caller', async () => {
    const { status, body } = await ask({ moments: { created_at: 'today' } }, { as_of: '2020-01-01T00:00:00Z' });

    expect([status, body.errors]).toEqual([
      400,
      [{ field: 'options.as_of', message: expect.any(String), code: expect.any(String) }],
    ]);
  });

  it('are relative to the slot of a schedule, which also names the file', async () => {
    const [id, admin] = [randomUUID(), await installation.asUser('root', { roles: ['admin'] })];
    const options = {
      tables: ['moments'],
      columns: ['id'],
      as_of: '2026-03-30T09:00:00.000Z',
      timezone: 'Europe/Kyiv',
      title: 'daily_moments_2026-03-29',
    };
    await installation.sql(
      `INSERT INTO moments (id, created_at) SELECT -n, ts::timestamptz FROM unnest($1::text[]) WITH ORDINALITY AS rows(ts, n)`,
      ['2026-03-28T21:59:59.999Z', '2026-03-28T22:00:00Z', '2026-03-29T20:59:59.999Z', '2026-03-29T21:00:00Z'],
    );

    await installation.sql(
      `INSERT INTO exports (id, kind, type, format, user_id, request_id, options, filters, enqueue_after, progress_unit)
       VALUES ($1, 'data', 'scheduled', 'csv', 'root', 'test', $2, '{"moments": {"created_at": "yesterday"}}', now(), 'rows')`,
      id,
      JSON.stringify(options),
    );
    const record = await admin.finished(id);
    const file = await follow(record.file_url);

    expect(record).toMatchObject({ status: 'completed', file_name: 'daily_moments_2026-03-29.csv' });
    expect(file.text.trim().split('\n').sort()).toEqual(['-2', '-3', 'id']);
  });
});

function byNumber(one: number, other: number): number {
  return one - other;
}
