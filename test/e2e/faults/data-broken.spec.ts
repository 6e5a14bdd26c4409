import { randomUUID } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import type { Client } from '../../support/client';
import { addTableType, requestRows, requestTables } from '../../support/data';
import { expectStored } from '../../support/exactly-one-file';
import { Installation } from '../../support/installation';
import { OpenResponse } from '../../support/open-response';
import type { Service } from '../../support/service';

const LAST_GOOD_ROW = 4_999;

/** Thousands of rows are well, and then comes one that cannot be written. */
describe('When PostgreSQL fails to render a row', () => {
  let installation: Installation;
  let service: Service;
  let ann: Client;
  let admin: Client;

  beforeAll(async () => {
    ({ installation, service } = await Installation.withService({ STORAGE: 'disk' }));
    const owner = randomUUID();
    ann = await installation.asUser(owner);
    admin = await installation.asUser('root', { roles: ['admin'] });
    const views = {
      sound: `repeat('x', 100)`,
      divided: `repeat('x', 100), 1 / (n - ${LAST_GOOD_ROW + 1}) AS share`,
      misread: `repeat('x', 100), (CASE WHEN n > ${LAST_GOOD_ROW} THEN 'secret-' ELSE '' END || n)::int AS number`,
      too_large: `repeat('x', 100), (2147483647::bigint - ${LAST_GOOD_ROW} + n)::int AS number`,
    };
    for (const [view, columns] of Object.entries(views)) {
      await installation.sql(
        `CREATE VIEW ${view} AS SELECT n AS id, '${owner}'::uuid AS user_id, ${columns} FROM generate_series(1, 10000) n`,
      );
      await addTableType(installation, view);
    }
  });

  afterAll(() => installation.remove());

  const reasons: [string, string][] = [
    ['divided', 'The database could not write the rows of "divided": division by zero (22012)'],
    ['misread', 'The database could not write the rows of "misread": a text is not a value of its type (22P02)'],
    ['too_large', 'The database could not write the rows of "too_large": a number is out of range (22003)'],
  ];

  it.each(
    reasons.flatMap(([view, reason]) =>
      ['csv', 'json', 'xlsx', 'xml'].map((format) => [view, format, reason] as const),
    ),
  )('the file of %s as %s fails at once and does not exist', async (view, format, reason) => {
    const response = await ann.post('/api/exports', { type: 'partial', format, data_types: [view] });
    const id = response.body.id as string;

    const record = await ann.finished(id, { within: 10_000 });

    expect(record).toMatchObject({ status: 'failed', error: reason, file_url: null, record_count: null, sha256: null });
    expect(await installation.history(id)).toEqual(['export.requested', 'export.started', 'export.failed']);
    await expectStored(installation, id, []);
    expect((await ann.get(`/api/v1/exports/${id}/download`)).status).toBe(409);
  });

  it('the whole export fails and the process continues', async () => {
    const id = await requestTables(admin, { tables: ['sound', 'divided', 'misread'] });

    const record = await admin.finished(id, { within: 10_000 });

    expect(record).toMatchObject({ status: 'failed', error: reasons[0]![1], file_url: null });
    await expectStored(installation, id, []);
    expect(service.isRunning).toBe(true);
  });

  it.each([
    ['divided', 'csv', {}],
    ['misread', 'json', {}],
    ['divided', 'ndjson', {}],
    ['too_large', 'xml', {}],
    ['divided', 'csv', { compression: 'gzip' }],
  ])('a stream of %s as %s %j is aborted', async (view, format, options) => {
    const response = await OpenResponse.toPost(ann, '/api/v1/exports', {
      type: 'realtime',
      format,
      data_types: [view],
      options,
    });
    response.read();

    expect(response.status).toBe(200);
    expect(await response.end).not.toBe('whole');
    expect(await ann.reaches(response.exportId, 'failed')).toMatchObject({
      error: reasons.find(([name]) => name === view)![1],
      record_count: null,
    });
  });

  it('a stream of several tables is aborted and the process continues', async () => {
    const response = await OpenResponse.toPost(ann, '/api/v1/exports', {
      type: 'realtime',
      format: 'csv',
      data_types: ['sound', 'divided'],
    });
    response.read();

    expect(await response.end).not.toBe('whole');
    expect(await ann.reaches(response.exportId, 'failed')).toMatchObject({ error: reasons[0]![1] });
    expect(service.isRunning).toBe(true);
  });

  it('no value of the row is in the record, the audit log or the log', async () => {
    const told = await installation.sql(
      `SELECT error FROM exports UNION ALL SELECT details::text FROM export_audit_log`,
    );

    expect(JSON.stringify(told)).not.toContain('secret-');
    expect(service.output.join('\n')).not.toContain('secret-');
  });

  it('other exports still complete', async () => {
    const response = await ann.post('/api/v1/exports', {
      type: 'realtime',
      format: 'csv',
      data_types: ['sound'],
      options: { compression: 'gzip' },
    });

    expect(gunzipSync(response.bytes).toString().trimEnd().split('\n')).toHaveLength(10_001);
  });

  it('the error names a table that was dropped', async () => {
    await installation.sql('CREATE TABLE passing (user_id uuid)');
    await addTableType(installation, 'passing');
    await installation.sql(
      `CREATE FUNCTION drop_it() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN DROP TABLE passing; RETURN NEW; END'`,
    );
    await installation.sql(
      `CREATE TRIGGER dropping AFTER INSERT ON exports FOR EACH ROW WHEN (NEW.data_types = '{passing}') EXECUTE FUNCTION drop_it()`,
    );

    const record = await ann.finished(await requestRows(ann, 'passing'), { within: 10_000 });

    expect(record).toMatchObject({
      status: 'failed',
      error: expect.stringContaining('the table "passing" is in the catalog'),
      error_code: 'invalid-request',
    });
  });
});
