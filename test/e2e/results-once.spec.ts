import { type Client, follow, sha256 } from '../support/client';
import type { CustomerClient } from '../support/customers';
import { expectStored } from '../support/exactly-one-file';
import { insertEvent, insertParticipants } from '../support/events';
import { Installation } from '../support/installation';

/** The way of an organiser and of an external system: ask for the results, follow them, fetch them, and find them gone. */
describe('One-time results of an event', () => {
  let installation: Installation;
  let organiser: Client;
  let partner: CustomerClient;
  let event: string;

  beforeAll(async () => {
    ({ installation } = await Installation.withApplication());
    organiser = await installation.asUser('olena');
    partner = await installation.asCustomer();
    const sql = installation.sql.bind(installation);
    const kept = await insertEvent(sql, { organizer: 'olena', customer: partner.id });
    await insertParticipants(sql, kept, 30);
    event = kept.id;
  });

  afterAll(() => installation.remove());

  it.each(['csv', 'xlsx', 'json', 'pdf'])(
    'can be downloaded once as %s by the organizer with the link',
    async (format) => {
      const { body } = await organiser.post(`/api/v1/events/${event}/results/export`, { format });
      const done = await organiser.finished(body.id as string);

      const file = await follow(done.file_url);
      const again = await follow(done.file_url);

      expect(done).toMatchObject({ kind: 'event', event_id: event, one_time: true, record_count: 30 });
      expect(new URL(done.file_url!).pathname).toBe(`/api/v1/export/${done.id}`);
      expect({ status: file.status, sha256: sha256(file.bytes) }).toEqual({ status: 200, sha256: done.sha256 });
      expect(again).toMatchObject({ status: 410 });
      expect(await organiser.status(done.id)).toMatchObject({ status: 'expired', download_count: 1, file_url: null });
      await expectStored(installation, done.id, []);
    },
  );

  it('can be downloaded once by the external system with its credentials', async () => {
    const requested = await partner.post(`/api/v1/customer/events/${event}/results/export`);
    const done = await partner.finished(requested.body.id as string);

    const file = await partner.get(`/api/v1/customer/export/${done.id}`);
    const again = await partner.get(`/api/v1/customer/export/${done.id}`);

    expect(requested.headers.get('location')).toBe(`/api/v1/customer/exports/${done.id}/`);
    expect(sha256(file.bytes)).toBe(done.sha256);
    expect(again).toMatchObject({ status: 410, body: { code: 'export-file-given-out' } });
    expect(await partner.status(done.id)).toMatchObject({ downloaded_by: `customer:${partner.id}`, user_id: null });
    expect((await organiser.get(`/api/v1/exports/${done.id}/`)).status).toBe(404);
  });
});
