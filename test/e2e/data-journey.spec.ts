import { randomUUID } from 'node:crypto';
import { follow, sha256 } from '../support/client';
import { Installation } from '../support/installation';

describe('A data export', () => {
  let installation: Installation;
  const [ann, bob] = [randomUUID(), randomUUID()];

  beforeAll(async () => {
    ({ installation } = await Installation.withApplication());
    await installation.sql(
      `INSERT INTO users (id, name, email) VALUES ($1, 'Ann', 'ann@example.com'), ($2, 'Bob', 'bob@example.com')`,
      ann,
      bob,
    );
    await installation.sql(
      `INSERT INTO transactions (id, user_id, amount, currency, status)
       SELECT gen_random_uuid(), CASE WHEN n % 2 = 0 THEN $1::uuid ELSE $2::uuid END, n, 'EUR', 'paid' FROM generate_series(1, 100) n`,
      ann,
      bob,
    );
  });

  afterAll(() => installation.remove());

  it('contains a user’s own rows only', async () => {
    const person = await installation.asUser(ann);

    const response = await person.post('/api/v1/exports', {
      type: 'partial',
      format: 'csv',
      data_types: ['transactions'],
    });
    const record = await person.finished(response.body.id as string);
    const file = await follow(record.file_url);

    expect(response.status).toBe(201);
    expect(record).toMatchObject({
      status: 'completed',
      record_count: 50,
      file_name: expect.stringMatching(/^transactions .*\.csv$/),
    });
    expect(sha256(file.bytes)).toBe(record.sha256);
    expect(file.text.split('\n')).toHaveLength(52);
    expect(file.text).not.toContain(bob);
  });

  it('contains whole tables with filters for an administrator', async () => {
    const admin = await installation.asUser('root', { roles: ['admin'] });

    const response = await admin.post('/api/v1/export/bulk', {
      tables: ['transactions'],
      filters: { transactions: { amount: { gte: 91 } } },
      columns: ['amount', 'user_id'],
      format: 'csv',
    });
    const record = await admin.finished(response.body.jobId as string);
    const file = await follow(record.file_url);

    expect(response.body).toEqual({ jobId: record.id, status: 'queued' });
    expect(record).toMatchObject({ record_count: 10, type: 'bulk' });
    expect(file.text.split('\n')[0]).toBe('amount,user_id');
  });

  it('contains another user’s rows for administrators only', async () => {
    const request = { type: 'partial', format: 'json', data_types: ['transactions'], user_id: ann };
    const admin = await installation.asUser('root', { roles: ['admin'] });
    const person = await installation.asUser(bob);

    const refused = await person.post('/api/v1/exports', request);
    const record = await admin.finished((await admin.post('/api/v1/exports', request)).body.id as string);
    const document = (await follow(record.file_url)).body;

    expect(refused.status).toBe(403);
    expect(refused.body.error).toBe('Insufficient permissions');
    expect(record).toMatchObject({ user_id: 'root', record_count: 50 });
    expect(document.userId).toBe(ann);
    expect(document.data.transactions).toHaveLength(50);
    const [{ details }] = (await installation.sql<{ details: unknown }>(
      `SELECT details FROM export_audit_log WHERE export_id = $1 AND action = 'export.requested'`,
      record.id,
    )) as [{ details: unknown }];
    expect(details).toEqual({
      kind: 'data',
      type: 'partial',
      format: 'json',
      subject: ann,
      data_types: 'transactions',
    });
  });

  it('streams rows into the response', async () => {
    const person = await installation.asUser(bob);

    const response = await person.post('/api/v1/exports', {
      type: 'realtime',
      format: 'csv',
      data_types: ['transactions'],
    });
    const id = response.headers.get('location')!.split('/').at(-2)!;

    expect(response.status).toBe(200);
    expect(response.text.split('\n')).toHaveLength(52);
    expect(await person.status(id)).toMatchObject({
      status: 'completed',
      sha256: sha256(response.bytes),
      file_url: null,
    });
    expect((await person.get(`/api/v1/exports/${id}/download`)).status).toBe(409);
    expect((await person.delete(`/api/v1/exports/${id}/`)).body).toMatchObject({ status: 'completed' });
  });
});
