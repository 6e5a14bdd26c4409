import { type Client, follow, sha256 } from '../support/client';
import type { CustomerClient } from '../support/customers';
import { Installation } from '../support/installation';
import { until } from '../support/until';

const STATUS = '/api/v1/customer/exports/';

/** Exports of an external system, through its own routes. */
describe('The exports of a customer', () => {
  let installation: Installation;
  let partner: CustomerClient;
  let other: CustomerClient;
  let ada: Client;

  beforeAll(async () => {
    ({ installation } = await Installation.withApplication());
    partner = await installation.asCustomer();
    other = await installation.asCustomer();
    ada = await installation.asUser('ada');
  });

  afterAll(() => installation.remove());

  async function exported(): Promise<string> {
    const session = await partner.startSession('ada', { board: 1 });
    const { id } = await partner.requestExport(session, 'json');
    await partner.finished(id);
    return id;
  }

  it('can be followed, listed and downloaded by it', async () => {
    const id = await exported();

    const status = await partner.get(`${STATUS}${id}/`);
    const unchanged = await partner.get(`${STATUS}${id}/`, { 'if-none-match': status.headers.get('etag')! });
    const list = await partner.get(`${STATUS}?kind=board&limit=1`);
    const file = await partner.get(`/api/v1/customer/export/${id}`);
    const byLink = await follow(status.body.file_url as string);

    expect(status.body).toMatchObject({ id, status: 'completed', user_id: 'ada' });
    expect(unchanged.status).toBe(304);
    expect(list.body.results).toMatchObject([{ id }]);
    expect([sha256(file.bytes), sha256(byLink.bytes)]).toEqual([status.body.sha256, status.body.sha256]);
    await until('both downloads are counted', async () => (await partner.status(id)).download_count === 2);
  });

  it('can be deleted by it', async () => {
    const id = await exported();

    const response = await partner.delete(`${STATUS}${id}/`);

    expect(response).toMatchObject({ status: 200, body: { id, status: 'expired', file_url: null } });
    expect((await partner.get(`/api/v1/customer/export/${id}`)).status).toBe(410);
  });

  it('can be one-time downloads, which the record shows', async () => {
    const id = await exported();
    await installation.sql('UPDATE exports SET one_time = true WHERE id = $1', id);

    const file = await partner.get(`/api/v1/customer/export/${id}`);
    const again = await partner.get(`/api/v1/customer/exports/${id}/download`);
    const record = await partner.get(`${STATUS}${id}/`);

    expect([file.status, again.status]).toEqual([200, 410]);
    expect(record.body).toMatchObject({
      status: 'expired',
      download_count: 1,
      downloaded_by: `customer:${partner.id}`,
      downloaded_at: expect.any(String),
    });
    expect((await ada.get(`/api/v1/export/${id}`)).status).toBe(410);
  });

  it('are hidden from everybody else', async () => {
    const id = await exported();
    const paths = [`${STATUS}${id}/`, `/api/v1/customer/export/${id}`, `${STATUS}${id}/download`];

    const strange = await Promise.all(paths.map((path) => other.get(path)));
    const people = await Promise.all(paths.map((path) => ada.get(path)));
    const asPerson = await partner.get(`/api/v1/exports/${id}/`);
    const given = await other.delete(`${STATUS}${id}/`);
    const list = await other.get(STATUS);

    for (const response of [...strange, given]) {
      expect(response).toMatchObject({ status: 404, body: { detail: 'Export not found' } });
    }
    expect(people.map(({ status }) => status)).toEqual([401, 401, 401]);
    expect(asPerson.status).toBe(401);
    expect(list.body).toMatchObject({ count: 0, results: [] });
    expect(await partner.status(id)).toMatchObject({ status: 'completed' });
  });

  it('are in the audit log with the customer', async () => {
    const id = await exported();
    await partner.delete(`${STATUS}${id}/`);

    const rows = await installation.sql(
      `SELECT action, user_id, customer_id FROM export_audit_log
       WHERE export_id = $1 AND action IN ('export.requested', 'export.file-deleted') ORDER BY id`,
      id,
    );

    expect(rows).toEqual([
      { action: 'export.requested', user_id: null, customer_id: partner.id },
      { action: 'export.file-deleted', user_id: null, customer_id: partner.id },
    ]);
  });
});
