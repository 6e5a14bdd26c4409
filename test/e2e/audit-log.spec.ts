import { noteBoard } from '../support/boards';
import { type Client, follow } from '../support/client';
import type { CustomerClient } from '../support/customers';
import { insertEvent, insertParticipant, takeOut } from '../support/events';
import { Installation } from '../support/installation';
import { until } from '../support/until';

const ANN = '00000000-0000-7000-8000-0000000000aa';
const SCHEDULE = '0192f0c1-2222-7000-8000-00000000000b';

interface Entry {
  readonly action: string;
  readonly user_id: string | null;
  readonly customer_id: string | null;
  readonly tenant_id: string | null;
  readonly export_id: string | null;
  readonly schedule_id: string | null;
  readonly request_id: string | null;
  readonly address: string | null;
  readonly details: Readonly<Record<string, unknown>>;
}

/** Steps of the service itself, without a caller and an address. */
const OF_WORKERS = ['export.started', 'export.completed', 'export.expired'];

describe('The audit log', () => {
  let installation: Installation;
  let ann: Client;
  let root: Client;
  let partner: CustomerClient;

  beforeAll(async () => {
    ({ installation } = await Installation.withApplication({ STORAGE: 'disk' }));
    ann = await installation.asUser(ANN, { tenant: 'blue' });
    root = await installation.asUser('root', { roles: ['admin'] });
    partner = await installation.asCustomer({ tenant: 'blue' });
  });

  afterAll(() => installation.remove());

  /** The newest entries, oldest first, once so many are there. */
  async function entries(query: string, count: number): Promise<Entry[]> {
    return until(`${count} entries`, async () => {
      const { results } = (await root.get(`/api/exports/audit?limit=200&${query}`)).body as { results: Entry[] };
      return results.length >= count && [...results].reverse();
    });
  }

  async function completed(format = 'json'): Promise<{ id: string; file_url: string | null }> {
    return ann.finished((await ann.requestExport(await ann.saveBoard(noteBoard()), format)).id);
  }

  function expectPlaces(found: readonly Entry[]): void {
    for (const { action, address, request_id: request } of found) {
      const from = OF_WORKERS.includes(action) ? null : expect.stringContaining('127.0.0.1');
      expect({ action, address, request }).toEqual({ action, address: from, request: expect.any(String) });
    }
  }

  it('records an export from request to deletion: who, how and from where', async () => {
    const { id, file_url: link } = await completed('png');
    const { bytes } = await ann.get(`/api/exports/${id}/download`, { 'X-Request-Id': 'fetch-1' });
    await follow(link, {}, 'HEAD');
    await follow(link, { range: 'bytes=0-9' });
    await follow(link);
    await entries(`export_id=${id}&action=export.downloaded`, 2);
    await ann.put(`/api/exports/${id}/content`, bytes, { 'content-type': 'image/png' });
    await ann.delete(`/api/exports/${id}`);

    const found = await entries(`export_id=${id}`, 7);

    expect(found.map(({ action, user_id: who, details }) => [action, who, details['by']])).toEqual([
      ['export.requested', ANN, undefined],
      ['export.started', ANN, undefined],
      ['export.completed', ANN, undefined],
      ['export.downloaded', ANN, 'token'],
      ['export.downloaded', null, 'link'],
      ['export.content-uploaded', ANN, undefined],
      ['export.file-deleted', ANN, undefined],
    ]);
    expect(new Set(found.map((entry) => entry.tenant_id))).toEqual(new Set(['blue']));
    expect(found[3]!.request_id).toBe('fetch-1');
    expectPlaces(found);
  });

  it('distinguishes an external system from its user', async () => {
    const lesson = await partner.requestExport(await partner.startSession(ANN), 'json');
    await partner.finished(lesson.id);
    await partner.get(`/api/v1/customer/export/${lesson.id}`);
    await entries(`export_id=${lesson.id}&action=export.downloaded`, 1);
    await partner.delete(`/api/v1/customer/exports/${lesson.id}`);

    const found = await entries(`export_id=${lesson.id}&customer_id=${partner.id}`, 5);

    const requested = found.filter(({ action }) => !OF_WORKERS.includes(action));
    expect(requested.map(({ action, user_id: user, details }) => [action, user, details['by']])).toEqual([
      ['export.requested', null, undefined],
      ['export.downloaded', null, 'customer'],
      ['export.file-deleted', null, undefined],
    ]);
    expectPlaces(found);
  });

  it('records downloads by a link at most once a minute', async () => {
    const { id, file_url: link } = await completed();

    for (let time = 0; time < 5; time += 1) await follow(link);
    await until('every download is counted', async () => {
      const [row] = await installation.sql('SELECT FROM exports WHERE id = $1 AND download_count = 5', id);
      return row !== undefined;
    });

    expect(await entries(`export_id=${id}&action=export.downloaded`, 1)).toMatchObject([
      { user_id: null, tenant_id: 'blue', details: { by: 'link', count: 1 } },
    ]);
  });

  it('records the download of a one-time file', async () => {
    const sql = (statement: string, ...values: unknown[]) => installation.sql(statement, ...values);
    const event = await insertEvent(sql, { organizer: ANN, tenant: 'blue' });
    await insertParticipant(sql, event);
    const id = await takeOut(ann, event.id, { one_time: true });

    await follow((await ann.finished(id)).file_url);

    const [taken] = await entries(`export_id=${id}&action=export.downloaded`, 1);
    expect(taken).toMatchObject({ user_id: null, details: { by: 'link', one_time: true } });
    expectPlaces([taken!]);
  });

  it('records who cancelled an export', async () => {
    const { id } = await completed();
    await installation.sql(
      `UPDATE exports SET status = 'pending', retry_at = now() + interval '1 day' WHERE id = $1`,
      id,
    );

    await ann.delete(`/api/exports/${id}`);

    const [cancelled] = await entries(`export_id=${id}&action=export.cancelled`, 1);
    expect(cancelled).toMatchObject({ user_id: ANN });
    expectPlaces([cancelled!]);
  });

  it('records the expiry of a file without an actor', async () => {
    const { id } = await completed();
    await installation.sql('UPDATE exports SET expires_at = now() WHERE id = $1', id);

    const [expired] = await entries(`export_id=${id}&action=export.expired`, 1);

    expect(expired).toMatchObject({ user_id: null, customer_id: null, tenant_id: 'blue' });
    expectPlaces([expired!]);
  });

  it('records who changed the catalog', async () => {
    const made = await root.post('/api/exports/data-types', {
      name: 'audited',
      tables: ['users'],
      owners: { users: 'id' },
    });
    const path = `/api/exports/data-types/${made.body.id as string}`;
    await root.put(path, { name: 'audited', tables: ['users'], owners: { users: 'id' }, description: 'More' });
    await root.delete(path);

    const found = await entries('action=catalog.*&user_id=root', 3);

    expect(found.map(({ action }) => action)).toEqual([
      'catalog.data-type-created',
      'catalog.data-type-changed',
      'catalog.data-type-deleted',
    ]);
    expectPlaces(found);
  });

  it('records failed authentication of an external system', async () => {
    const [id, wrong] = [partner.id, Buffer.from(`${partner.id}:wrong`).toString('base64')];
    for (let failures = 0; failures < 21; failures += 1)
      await installation.asAnonymous().get('/api/v1/customer/events', { authorization: `Basic ${wrong}` });

    const [refused] = await entries(`action=customer.*&customer_id=${id}`, 1);

    expect(refused).toMatchObject({ action: 'customer.refused', user_id: null });
    expectPlaces([refused!]);
  });

  it('records a schedule under its id from creation to deletion', async () => {
    const wish = { name: 'nightly', data_types: ['profile'], format: 'json', frequency: 'daily' };
    const { id } = (await ann.post('/api/v1/exports/scheduled', wish)).body as { id: string };
    const at = `/api/v1/exports/scheduled/${id}`;
    const { body: run } = await ann.post(`${at}/run`);
    await ann.finished(run.id as string);
    await ann.put(at, { ...wish, frequency: 'weekly' });
    for (const step of ['pause', 'resume']) await ann.post(`${at}/${step}`);
    await ann.delete(at);

    const found = await entries(`schedule_id=${id}`, 9);

    expect(found.filter(({ action }) => action.startsWith('schedule.'))).toMatchObject(
      ['created', 'run-requested', 'changed', 'paused', 'resumed', 'deleted'].map((step) => ({
        action: `schedule.${step}`,
        user_id: ANN,
        schedule_id: id,
        details: { name: 'nightly' },
      })),
    );
    expectPlaces(found);
    expect(found.filter(({ export_id: made }) => made === run.id)).toHaveLength(4);
  });

  it('records the runs of a schedule under its id', async () => {
    const { id } = await completed();
    await installation.sql('UPDATE exports SET schedule_id = $2, expires_at = now() WHERE id = $1', id, SCHEDULE);

    const found = await entries(`schedule_id=${SCHEDULE}`, 1);

    expect(found).toMatchObject([{ action: 'export.expired', export_id: id, schedule_id: SCHEDULE }]);
  });

  it.each([
    'UPDATE export_audit_log SET user_id = NULL',
    'UPDATE export_audit_log SET user_id = NULL WHERE false',
    'DELETE FROM export_audit_log WHERE at < now()',
    'TRUNCATE export_audit_log',
    `INSERT INTO export_audit_log (id, at, action) SELECT id, at, 'past.forged' FROM export_audit_log LIMIT 1
       ON CONFLICT (id, at) DO UPDATE SET action = 'past.forged'`,
    `SET LOCAL session_replication_role = replica; DELETE FROM export_audit_log`,
  ])('cannot be changed, not even by the owner of the table: %s', async (statement) => {
    const before = await installation.sql('SELECT count(*), max(id) FROM export_audit_log');

    await expect(installation.sql(`BEGIN; ${statement}; COMMIT`)).rejects.toThrow('export_audit_log only grows');

    await installation.sql('ROLLBACK');
    expect(await installation.sql('SELECT count(*), max(id) FROM export_audit_log')).toEqual(before);
  });
});
