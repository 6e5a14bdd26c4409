import { LinkSigner } from '../../src/platform/auth/link-signer';
import { Config } from '../../src/platform/config/config';
import { AUDIT_ACTIONS, METRICS } from '../contracts/frozen/frozen-names';
import { metricLines } from '../contracts/frozen/metric-lines';
import { follow, sha256 } from '../support/client';
import { basic } from '../support/customers';
import { endRetryDelays } from '../support/deliveries';
import { download } from '../support/one-time';
import { metricsOf } from '../support/metrics';
import { runsOf, scheduleOf } from '../support/schedules';
import { until } from '../support/until';
import type { ReceivedRequest } from '../support/webhook-receiver';
import { AUDIT_DIGEST, type Day, type DayExport, type DaySchedule } from './day';
import { forged, lasting, signatureOf } from './expectations';
import { linkAt } from './links';
import { stateSha256 } from './recording/boards';
import { RestoredDay } from './restored-day';

/** Bodies, keys and links of the day that a client of the last release holds, at the service of today. */
describe('After an upgrade', () => {
  let restored: RestoredDay;
  let day: Day;
  let url: string;
  const openAtStart = new Map<string, number>();
  const sql: RestoredDay['installation']['sql'] = (...args) => restored.installation.sql(...args);

  beforeAll(async () => {
    restored = await RestoredDay.restore();
    ({ day } = restored);
    await restored.migrate();
    ({ url } = await restored.installation.start());
  });

  afterAll(() => restored.remove());

  const recordOf = async ({ owner, record: { id } }: DayExport) => (await restored.as(owner)).status(id);
  const exportOf = (id: string) => day.exports.find(({ record }) => record.id === id)!;

  it('the audit log is unchanged and append-only', async () => {
    const [now] = await sql<Day['audit']>(AUDIT_DIGEST, day.audit.count);

    expect(now).toEqual(day.audit);
    await expect(sql('UPDATE export_audit_log SET address = NULL')).rejects.toThrow('only grows');
    await expect(sql('DELETE FROM export_audit_log')).rejects.toThrow('only grows');
  });

  it('every export is shown unchanged', async () => {
    const settled = day.exports.filter(({ record: { id } }) => !day.pending.includes(id) && !day.running.includes(id));

    const now = await Promise.all(settled.map(recordOf));

    expect(settled.length).toBeGreaterThan(20);
    expect(new Set(settled.map(({ record }) => record.status))).toEqual(
      new Set(['completed', 'failed', 'cancelled', 'expired']),
    );
    for (const [index, { record }] of settled.entries()) expect(now[index]).toMatchObject(lasting(record));
  });

  it('every file exists under a newly signed link', async () => {
    const kept = day.exports.filter(
      ({ record }) => record.status === 'completed' && record.file_url && !record.one_time,
    );

    for (const one of kept) {
      const { bytes, status } = await follow((await recordOf(one)).file_url);
      expect([status, bytes.length, sha256(bytes)]).toEqual([200, one.record.file_size, one.record.sha256]);
    }
    expect(kept.length).toBeGreaterThan(10);
  });

  it('links from mails of that day return their files', async () => {
    for (const { exportId, url: link } of day.lastingLinks) {
      const { status, bytes } = await follow(linkAt(url, link));
      expect([status, sha256(bytes)]).toEqual([200, exportOf(exportId).record.sha256]);
    }
    expect(day.lastingLinks.length).toBeGreaterThan(0);
  });

  it('short-lived links are accepted until they expire, and forged ones are not', async () => {
    const signer = new LinkSigner(Config.from({ DATABASE_URL: 'postgres://none/none', ...day.environment }));
    const links = [
      ...day.exports.map(({ record }) => record.file_url),
      ...day.boards.map(({ thumbnail }) => thumbnail),
    ];
    const signed = links.filter((link) => link !== null).map((link) => new URL(link));

    for (const { pathname, searchParams } of signed) {
      const proof = { expires: Number(searchParams.get('expires')), signature: searchParams.get('signature') ?? '' };
      expect(signer.verify(pathname, proof, Date.parse(day.dumpedAt))).toBe(true);
      expect(signer.verify(`${pathname}/`, proof, Date.parse(day.dumpedAt))).toBe(false);
    }
    expect(signed.length).toBeGreaterThan(10);
    expect((await follow(linkAt(url, forged(day.lastingLinks[0]!.url)))).status).toBe(403);
  });

  it('a repeated request with an old idempotency key creates nothing, and a different one is rejected as before', async () => {
    for (const { owner, path, body, key, id, changed } of day.requests) {
      const client = await restored.as(owner);
      const again = await client.post(path, body, { 'Idempotency-Key': key });
      const refusal = await client.post(path, changed.body, { 'Idempotency-Key': key });

      expect([path, again.status, again.body.id ?? again.body.jobId]).toEqual([path, 200, id]);
      expect([path, refusal.status]).toEqual([path, changed.status]);
      if (changed.status >= 400) expect(refusal.body.code).toBe(changed.code);
    }
    expect(new Set(day.requests.map(({ changed }) => changed.status))).toContain(422);
  });

  it('exports that were completed on that day have no manifest', async () => {
    const completed = day.exports.find(({ record }) => record.status === 'completed')!;
    const client = await restored.as(completed.owner);
    const path = completed.owner.kind === 'customer' ? '/customer' : '';

    const { status, body } = await client.get(`/api/v1${path}/exports/${completed.record.id}/manifest`);

    expect([status, body.code]).toEqual([404, 'manifest-unavailable']);
  });

  it('pending exports and those of killed workers complete once with their file', async () => {
    for (const id of [...day.pending, ...day.running]) {
      const client = await restored.as(exportOf(id).owner);
      const done = await client.finished(id);
      expect(done).toMatchObject({ status: 'completed', error: null });
      const { bytes } = await follow(done.file_url);
      expect([bytes.length, sha256(bytes)]).toEqual([done.file_size, done.sha256]);
      const steps = await restored.installation.history(id);
      expect(steps.filter((step) => step === 'export.completed')).toHaveLength(1);
      expect((await restored.installation.storedFiles()).filter((file) => file.includes(id))).toHaveLength(1);
    }
    expect([day.pending.length, day.running.length]).toEqual([5, 2]);
  });

  it('pending messages are delivered once with their ids and signed with their old secrets', async () => {
    await endRetryDelays(restored.installation);

    for (const { id, channel, webhookSecret, exportId } of day.deliveries) {
      await until(`delivery ${id} is made`, async () => {
        const [row] = await sql('SELECT FROM export_deliveries WHERE id = $1 AND status = $2', id, 'delivered');
        return row;
      });
      if (channel === 'webhook') {
        expectSigned(restored.received(id), webhookSecret!);
        const body = JSON.parse(restored.received(id)[0]!.body) as object;
        expect(body).toMatchObject({ type: 'export.completed', data: { id: exportId } });
      }
      if (channel === 'email') {
        expect(restored.mail.accepted.some(({ messageId }) => messageId.includes(id))).toBe(true);
      }
      const told = await sql(
        `SELECT FROM export_audit_log
         WHERE action = 'delivery.delivered' AND export_id = $1 AND details ->> 'channel' = $2`,
        exportId,
        channel,
      );
      expect(told).toHaveLength(1);
    }
    expect(new Set(day.deliveries.map(({ channel }) => channel))).toEqual(new Set(['email', 'webhook', 's3']));
    expect(day.deliveries.filter(({ attempts }) => attempts === 0).length).toBeGreaterThan(0);
    expect(day.deliveries.filter(({ attempts }) => attempts > 0).length).toBeGreaterThan(0);
  });

  it('schedules are unchanged and run once at their next slot', async () => {
    const active = day.schedules.filter(({ record }) => record.is_active);
    for (const { owner, record } of day.schedules) {
      expect(await scheduleOf(await restored.as(owner), record.id)).toMatchObject(lasting(record));
    }

    for (const { record } of active) openAtStart.set(record.id, await fallDue(record.id));

    for (const schedule of active) await expectOneRun(schedule, openAtStart.get(schedule.record.id)!);
    for (const { owner, record, runs } of day.schedules.filter(({ record: { is_active } }) => !is_active)) {
      expect(await runsOf(await restored.as(owner), record.id)).toHaveLength(runs);
    }
    expect(active.length).toBeGreaterThan(5);
  });

  async function fallDue(id: string): Promise<number> {
    const [row] = await sql<{ due: Date }>(
      `UPDATE scheduled_exports SET next_run_at = date_trunc('milliseconds', now()) WHERE id = $1 RETURNING next_run_at AS due`,
      id,
    );
    return row!.due.getTime();
  }

  async function expectOneRun({ owner, record, webhookSecret }: DaySchedule, slot: number): Promise<void> {
    const client = await restored.as(owner);
    const run = await until(`the run of ${record.name} has ended`, async () => {
      const ofSlot = (await runsOf(client, record.id)).filter((one) => Date.parse(one.slot ?? '') === slot);
      expect(ofSlot.length).toBeLessThanOrEqual(1);
      return ofSlot[0]?.outcome != null && ofSlot[0];
    });
    expect(run).toMatchObject({ outcome: 'succeeded', error: null, status: 'completed' });
    expect(Date.parse((await scheduleOf(client, record.id)).next_run_at!)).toBeGreaterThan(slot);
    const messages = restored.receiver.received.filter(({ body }) => body.includes(run.export_id));
    if (webhookSecret === null) expect(messages).toEqual([]);
    else expectSigned(messages, webhookSecret);
  }

  /** One message. Where a machine is so slow that a lease runs out it comes again, and is known by its id. */
  function expectSigned(requests: readonly ReceivedRequest[], secret: string): void {
    expect(new Set(requests.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    for (const request of requests) expect(request.headers['webhook-signature']).toBe(signatureOf(request, secret));
  }

  it('bucket credentials can be decrypted, and new files do not overwrite those of that day', () => {
    const { objects, refused } = restored.bucket;
    const before = Object.entries(day.bucket.objects);

    for (const [name, object] of before) expect(objects.get(name)).toEqual(object);
    expect(before.length).toBeGreaterThan(0);
    // One of the delivery that was open, and of the run at the next slot its file and its manifest.
    expect(objects.size).toBe(before.length + 3);
    expect(refused).toBe(0);
  });

  it('a one-time file without a download is downloaded by one of two clients', async () => {
    const { file_url: link } = await recordOf(exportOf(day.oneTime.free));

    const downloads = await Promise.all([download(link!), download(link!)]);

    expect(downloads.filter(({ isComplete }) => isComplete)).toHaveLength(1);
    await expectDownloaded(day.oneTime.free);
  });

  it('a downloaded one-time file is gone', () => expectDownloaded(day.oneTime.downloaded));

  it('a one-time file whose download was interrupted with the process becomes available and is downloaded once', async () => {
    const held = exportOf(day.oneTime.leased);
    const { file_url: link } = await recordOf(held);

    const got = await until('it can be downloaded', async () => {
      const response = await download(link!);
      return response.status !== 409 && response.status !== 503 && response;
    });

    expect(got).toMatchObject({ status: 200, isComplete: true, sha256: held.record.sha256 });
    await expectDownloaded(day.oneTime.leased);
  });

  async function expectDownloaded(id: string): Promise<void> {
    const { owner } = exportOf(id);
    const client = await restored.as(owner);
    await client.reaches(id, 'expired');
    expect((await client.get(`/api/v1/export/${id}`)).status).toBe(410);
  }

  it('external systems are authenticated by their secrets, also the previous ones, and no others', async () => {
    const statusOf = async (id: string, secret: string) =>
      (await fetch(new URL('/api/v1/customer/exports', url), { headers: { authorization: basic(id, secret) } })).status;

    for (const { id, secret, previousSecret, isActive } of day.customers) {
      expect(await statusOf(id, secret)).toBe(isActive ? 200 : 401);
      if (previousSecret !== null) expect(await statusOf(id, previousSecret)).toBe(200);
    }
    expect(day.customers.some(({ previousSecret }) => previousSecret !== null)).toBe(true);
    expect(await statusOf(day.customers[0]!.id, 'exsk_wrong')).toBe(401);
  });

  it('blocked callers stay blocked', async () => {
    const { owner, path, body } = day.limited;

    const guess = await fetch(new URL('/api/v1/customer/exports', url), {
      headers: { authorization: basic(day.blockedCustomerId, 'exsk_guess'), 'X-Forwarded-For': '203.0.113.9' },
    });

    expect((await (await restored.as(owner)).post(path, body)).status).toBe(429);
    expect(guess.status).toBe(429);
  });

  it('boards are unchanged with their thumbnails and can be drawn', async () => {
    for (const { id, owner, name, stateSha256: hash, thumbnail } of day.boards) {
      const prefix = `/api/v1/${owner.kind === 'customer' ? 'customer/' : ''}solo/sessions/${id}`;
      const { body } = await (await restored.as(owner)).get(prefix);
      expect([body.name, stateSha256(body)]).toEqual([name, hash]);
      if (thumbnail !== null) expect((await follow(body.thumbnail_url as string)).status).toBe(200);
    }
    const { id, owner } = day.boards.find(({ thumbnail }) => thumbnail !== null)!;
    const client = await restored.as(owner);
    const drawn = await client.finished((await client.requestExport(id, 'png', { pixel_ratio: 1 })).id);
    expect(drawn).toMatchObject({ status: 'completed', error: null });
  });

  it('the metrics of dashboards and alerts exist with their labels', async () => {
    const missing = async () => {
      const lines = metricLines(await metricsOf(restored.installation.services[0]!));
      return METRICS.filter((line) => !lines.includes(line));
    };

    // Values from the database appear in a later scrape.
    await until('they are there', async () => (await missing()).length === 0, { within: 10_000 }).catch(
      () => undefined,
    );
    expect(await missing()).toEqual([]);
    expect(METRICS.length).toBeGreaterThan(15);
  });

  it('audit entries have the names that queries look for', async () => {
    const rows = await sql<{ action: string }>('SELECT DISTINCT action FROM export_audit_log ORDER BY action');
    const written = rows.map(({ action }) => action);

    // Those of the day and those that were added since: a name that is not known is one that was changed.
    expect(written.filter((action) => !AUDIT_ACTIONS.includes(action))).toEqual([]);
    expect(written).toEqual(expect.arrayContaining(['export.requested', 'export.completed', 'schedule.fired']));
  });
});
