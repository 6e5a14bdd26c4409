import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Client, ExportRecord } from '../support/client';
import { addTableType } from '../support/data';
import { Installation } from '../support/installation';
import { readParquet } from '../support/parquet';
import { notesSchedule, SCHEDULES } from '../support/schedules';

const ANN = randomUUID();
const REQUEST = { type: 'partial', data_types: ['terms'], format: 'parquet' };

describe('Exports as Parquet', () => {
  let installation: Installation;
  let ann: Client;

  beforeAll(async () => {
    ({ installation } = await Installation.withApplication({ ESTIMATE_TIMEOUT_MS: '10000' }));
    ann = await installation.asUser(ANN);
    await installation.sql('CREATE TABLE terms (id int, price numeric(8,2), valid_to date, user_id uuid)');
    await addTableType(installation, 'terms');
    await installation.sql(
      `INSERT INTO terms VALUES (1, 12.50, 'infinity', $1), (2, NULL, '0044-03-15 BC', $1), (3, 0, NULL, gen_random_uuid())`,
      ANN,
    );
  });

  afterAll(() => installation.remove());

  it('have the rows of their owner with types, and name what became null', async () => {
    const created = await ann.post('/api/v1/exports', REQUEST);

    const record = await ann.finished((created.body as ExportRecord).id);
    expect(record).toMatchObject({
      status: 'completed',
      record_count: 2,
      warnings: ['In the column "valid_to" of "terms", 1 value became null: Parquet cannot hold infinity.'],
      warning_codes: ['value-not-representable'],
    });
    const { bytes, headers } = await ann.get(`/api/v1/exports/${record.id}/download`);
    expect(headers.get('content-type')).toBe('application/vnd.apache.parquet');
    expect((await readParquet(bytes)).hyparquet).toEqual([
      ['1', '12.50', null, ANN],
      ['2', null, '0044-03-15 BC', ANN],
    ]);
    expect(await ann.get(`/api/v1/exports/${record.id}/preview`)).toMatchObject({
      status: 409,
      body: { code: 'preview-unsupported' },
    });
  });

  it('can be estimated', async () => {
    const { status, body } = await ann.post('/api/v1/exports/estimate', REQUEST);

    expect({ status, body }).toMatchObject({
      status: 200,
      body: { record_count: 2, file_size: expect.any(Number) as number },
    });
  });

  it('are refused with 501 where DuckDB is not installed', async () => {
    const hidden = `--require ${join(__dirname, '../support/without-duckdb.cjs')}`;
    const service = await installation.start({ ROLE: 'api', NODE_OPTIONS: hidden });
    const client = await installation.asUser(ANN, { at: service });

    for (const [path, body] of [
      ['/api/v1/exports', REQUEST],
      ['/api/v1/exports/estimate', REQUEST],
      [SCHEDULES, notesSchedule({ data_types: ['terms'], format: 'parquet' })],
    ] as const)
      expect([path, await client.post(path, body)]).toMatchObject([
        path,
        { status: 501, body: { code: 'format-not-installed' } },
      ]);
  });
});
