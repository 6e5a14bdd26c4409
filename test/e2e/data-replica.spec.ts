import { Client as Database } from 'pg';
import { follow } from '../support/client';
import { Installation } from '../support/installation';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

const ANN = '11111111-1111-7111-8111-111111111111';

describe('With a read replica', () => {
  let replica: TestDatabase;
  let installation: Installation;

  beforeAll(async () => {
    replica = await createTestDatabase();
    await inReplica(`INSERT INTO users (id, name, email) VALUES ('${ANN}', 'Ann of the replica', 'ann@example.com')`);
    ({ installation } = await Installation.withApplication({ EXPORT_DATABASE_URL: replica.url }));
  });

  afterAll(async () => {
    await installation.remove();
    await replica.drop();
  });

  async function inReplica(statement: string): Promise<void> {
    const client = new Database({ connectionString: replica.url });
    await client.connect();
    await client.query(statement);
    await client.end();
  }

  it('reads rows from the replica and keeps records in the primary database', async () => {
    const ann = await installation.asUser(ANN);

    const { body } = await ann.post('/api/v1/exports', { type: 'partial', data_types: ['profile'], format: 'csv' });
    const record = await ann.finished(body.id as string);
    const document = await ann.get(`/api/v1/export/user/${ANN}`);

    expect(record).toMatchObject({ status: 'completed', record_count: 1 });
    expect((await follow(record.file_url)).bytes.subarray(0, 2).toString()).toBe('PK');
    expect(document.body.profile).toMatchObject({ name: 'Ann of the replica' });
    expect(await installation.sql('SELECT id FROM users')).toEqual([]);
    expect(await installation.sql('SELECT id FROM exports')).toHaveLength(2);
  });

  it('validates a request against the replica', async () => {
    await inReplica('ALTER TABLE transactions ADD COLUMN only_there int');
    const admin = await installation.asUser('root', { roles: ['admin'] });

    const granted = await admin.post('/api/v1/export/bulk', {
      tables: ['transactions'],
      columns: ['only_there'],
      format: 'csv',
    });

    expect(granted.status).toBe(201);
    expect(await admin.finished(granted.body.jobId as string)).toMatchObject({ status: 'completed', record_count: 0 });
  });
});
