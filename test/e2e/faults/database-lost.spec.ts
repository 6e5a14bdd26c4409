import { lessonBoard } from '../../support/boards';
import type { Client } from '../../support/client';
import type { CustomerClient } from '../../support/customers';
import { expectExactlyOneFile } from '../../support/exactly-one-file';
import { Installation } from '../../support/installation';
import { PostgresServer } from '../../support/postgres-server';
import type { Service } from '../../support/service';

describe('When PostgreSQL restarts in the middle of an export', () => {
  let postgres: PostgresServer;
  let installation: Installation;
  let service: Service;
  let ann: Client;
  let partner: CustomerClient;

  beforeAll(async () => {
    postgres = await PostgresServer.migrated();
    installation = await Installation.on(postgres.url, { STORAGE: 'disk', EXPORT_LEASE_SECONDS: '5' });
    service = await installation.start();
    ann = await installation.asUser('ann');
    partner = await installation.asCustomer();
  });

  afterAll(async () => {
    await installation.remove();
    await postgres.remove();
  });

  it('the API returns 503 meanwhile, and the export is completed afterwards', async () => {
    const session = await ann.saveBoard(lessonBoard(16));
    const { id } = await ann.requestExport(session, 'png');
    await installation.uploadOf(id);

    await postgres.stop();
    const meanwhile = await Promise.all([
      ann.get(`/api/v1/exports/${id}/`),
      ann.get('/api/v1/exports/'),
      ann.get(`/api/v1/solo/sessions/${session}/`),
      ann.post('/api/v1/solo/sessions/', { name: 'Later', state: null }),
      ann.post(`/api/v1/solo/sessions/${session}/export/`, { format: 'png' }),
      ann.delete(`/api/v1/exports/${id}/`),
      partner.get('/api/v1/customer/events'),
    ]);
    const ready = await fetch(`${service.url}/health/ready`);
    await postgres.start();
    await service.ready();

    for (const response of meanwhile) {
      expect(response.body).toMatchObject({ status: 503, title: 'Service Unavailable' });
      expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(response.text).not.toMatch(/prisma|postgres|ECONN|127\.0\.0\.1/i);
    }
    expect(await ready.json()).toMatchObject({ status: 'not-ready', checks: { database: 'failed' } });
    await installation.reconnect();
    await expectExactlyOneFile(installation, ann, id);
    expect(service.isRunning).toBe(true);
  });

  it('the processes serve new exports', async () => {
    const { id } = await ann.requestExport(await ann.saveBoard(lessonBoard(2)), 'pdf');

    await expectExactlyOneFile(installation, ann, id);
  });
});
