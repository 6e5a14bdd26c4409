import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { type Client, follow, sha256 } from '../support/client';
import { addTableType, requestTables } from '../support/data';
import { Installation } from '../support/installation';
import { readParquet } from '../support/parquet';
import { downloadParts, findDifferences, listParts, type ListedPart } from '../support/parts';
import { until } from '../support/until';

const run = promisify(execFile);
const ROWS = 30_000;

interface Sealed {
  readonly manifest: { readonly files: readonly { readonly name: string; readonly sha256: string }[] };
}

const numbersOf = (page: unknown) => (page as { results: ListedPart[] }).results.map(({ number }) => number);

/** Python unpacks a zip, after it has verified it. */
const READ = `
import json, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as archive:
    assert archive.testzip() is None
    print(json.dumps([[i.filename, i.file_size] for i in archive.infolist()]))
    archive.extractall(sys.argv[2])`;

describe('An export of several files', () => {
  let installation: Installation;
  let admin: Client;
  let folder: string;

  beforeAll(async () => {
    ({ installation } = await Installation.withApplication());
    admin = await installation.asUser('root', { roles: ['admin'] });
    folder = await mkdtemp(join(tmpdir(), 'export-parts-'));
    await installation.sql(
      `CREATE TABLE notes AS SELECT n AS id, CASE WHEN n % 5 = 0 THEN E'a "note"\\nof two lines' ELSE md5(n::text) END AS text,
         CASE WHEN n % 10 > 0 THEN timestamp '2026-01-20' + n * interval '3 minutes' END AS created_at,
         (ARRAY['a/b', 'ü', ''])[n % 3 + 1] AS kind
       FROM generate_series(1, ${ROWS}) AS n`,
    );
    await installation.sql('DELETE FROM notes WHERE id % 7 = 0');
    await installation.sql('UPDATE notes SET text = text WHERE id % 11 = 0');
    await installation.sql('CREATE VIEW seen_notes AS TABLE notes');
    await installation.sql('CREATE TABLE empty_notes (LIKE notes)');
    for (const table of ['notes', 'seen_notes', 'empty_notes'])
      await addTableType(installation, table, { owner: null });
  });

  afterAll(async () => {
    await rm(folder, { recursive: true });
    await installation.remove();
  });

  async function finish(body: object) {
    const id = await requestTables(admin, { tables: ['notes'], ...body });
    return { id, record: await admin.finished(id) };
  }

  const headerOf = (file: Buffer) => file.toString().split('\n', 1)[0];

  it('has so many files, whose rows are those of the table', async () => {
    const { id, record } = await finish({ options: { parts: 4 } });

    const parts = await listParts(admin, id);
    const date = new Date().toISOString().slice(0, 10);
    expect(parts.map(({ name }) => name)).toEqual([1, 2, 3, 4].map((n) => `notes ${date}-0000${n}.csv`));
    const files = await downloadParts(admin, id);
    expect(files.map((file) => [file.length, sha256(file)])).toEqual(parts.map((part) => [part.bytes, part.sha256]));
    expect(files.map(headerOf)).toEqual(Array(4).fill('id,text,created_at,kind'));
    expect(await findDifferences(installation, 'notes', files)).toEqual([]);
    expect(record).toMatchObject({ status: 'completed', part_count: 4, file_name: `notes ${date}.zip` });
    expect(record.record_count).toBe(parts.reduce((sum, { rows }) => sum + rows, 0));
    expect(Math.max(...parts.map(({ rows }) => rows))).toBeLessThan(record.record_count! / 2);
  });

  it('is downloaded as one zip that is stored nowhere, whole and by ranges', async () => {
    const { id, record } = await finish({ options: { parts: 3 } });
    const stored = (await installation.storedFiles()).filter((file) => file.includes(id));
    expect(stored).toHaveLength(3);
    expect(stored.every((file) => file.endsWith('.csv'))).toBe(true);

    const { bytes: zip, headers } = await follow(record.file_url);

    expect(zip.length).toBe(record.file_size);
    expect(headers.get('content-type')).toBe('application/zip');
    expect(headers.get('etag')).toBe(`"${record.sha256}"`);
    await writeFile(join(folder, 'all.zip'), zip);
    const { stdout } = await run('python3', ['-c', READ, join(folder, 'all.zip'), join(folder, 'all')]);
    const parts = await listParts(admin, id);
    const { body: manifest, bytes: manifestBytes } = await admin.get(`/api/v1/exports/${id}/manifest`);
    expect(JSON.parse(stdout)).toEqual([
      ...parts.map(({ name, bytes }) => [name, bytes]),
      ['manifest.json', manifestBytes.length],
    ]);
    expect(sha256(manifestBytes)).toBe(record.sha256);
    expect((manifest as Sealed).manifest.files.map(({ name, sha256: hash }) => [name, hash])).toEqual(
      parts.map((part) => [part.name, part.sha256]),
    );

    for (const [start, end] of [
      [0, 9],
      [25, 90_000],
      [zip.length - 500, zip.length - 1],
    ] as const) {
      const range = await follow(record.file_url, { Range: `bytes=${start}-${end}` });
      expect([range.status, range.bytes.equals(zip.subarray(start, end + 1))]).toEqual([206, true]);
    }
    expect((await admin.status(id)).download_count).toBe(1);
  });

  it('ends each file before its limit of rows', async () => {
    const { id } = await finish({ options: { max_part_rows: 1_000, compression: 'gzip' } });

    const parts = await listParts(admin, id);
    expect(Math.max(...parts.map(({ rows }) => rows))).toBe(1_000);
    expect(parts.length).toBeGreaterThanOrEqual(26);
    const files = (await downloadParts(admin, id)).map((file) => gunzipSync(file));
    expect(await findDifferences(installation, 'notes', files)).toEqual([]);
  });

  it('ends each file before its limit of bytes, as lines of JSON', async () => {
    const limit = 1024 * 1024;
    const { id, record } = await finish({
      tables: ['seen_notes'],
      format: 'ndjson',
      options: { max_part_bytes: limit },
    });

    const files = await downloadParts(admin, id);

    expect(files.every(({ length }) => length <= limit)).toBe(true);
    expect(files.some(({ length }) => length > limit * 0.99)).toBe(true);
    const rows = files
      .flatMap((file) => file.toString().trimEnd().split('\n'))
      .map((line) => JSON.parse(line) as { id: number });
    expect(new Set(rows.map((row) => row.id)).size).toBe(record.record_count);
  });

  it('has files of Parquet, whose rows are those of the table', async () => {
    const { id } = await finish({ format: 'parquet', options: { max_part_rows: 10_000 } });

    const read = await Promise.all((await downloadParts(admin, id)).map((file) => readParquet(file)));

    expect(read.length).toBeGreaterThanOrEqual(3);
    expect(Math.max(...read.map(({ duckdb }) => duckdb.length))).toBeLessThanOrEqual(10_000);
    const ids = read.flatMap(({ duckdb }) => duckdb.map(([first]) => Number(first))).sort((one, other) => one - other);
    const rows = await installation.sql<{ id: number }>('SELECT id FROM notes ORDER BY id');
    expect(ids).toEqual(rows.map((row) => row.id));
  });

  it('has a folder for each month', async () => {
    const { id } = await finish({ options: { partition_by: { column: 'created_at', unit: 'month' } } });

    const parts = await listParts(admin, id);
    const date = new Date().toISOString().slice(0, 10);
    expect(parts.map(({ name }) => name)).toEqual([
      `created_at=2026-01/notes ${date}-00001.csv`,
      `created_at=2026-02/notes ${date}-00002.csv`,
      `created_at=2026-03/notes ${date}-00003.csv`,
      `created_at=__HIVE_DEFAULT_PARTITION__/notes ${date}-00004.csv`,
    ]);
    const files = await downloadParts(admin, id);
    const months = new Set(files[1]!.toString().match(/\d{4}-\d\d(?=-\d\d \d)/g));
    expect([...months]).toEqual(['2026-02']);
    expect(await findDifferences(installation, 'notes', files)).toEqual([]);
  });

  it('has a folder for each value, whose files have limits', async () => {
    const { id } = await finish({ options: { partition_by: { column: 'kind', unit: 'value' }, max_part_rows: 5_000 } });

    const parts = await listParts(admin, id);
    const folders = parts.map(({ name }) => name.split('/')[0]);
    expect([...new Set(folders)].sort()).toEqual(['kind=__HIVE_DEFAULT_PARTITION__', 'kind=a%2Fb', 'kind=ü']);
    expect(parts).toHaveLength(6);
    expect(await findDifferences(installation, 'notes', await downloadParts(admin, id))).toEqual([]);
  });

  it('is cut from one query where the rows cannot be read by pages', async () => {
    const { id, record } = await finish({ tables: ['seen_notes'], options: { parts: 5 } });

    const parts = await listParts(admin, id);
    expect(parts).toHaveLength(5);
    expect(Math.max(...parts.map(({ rows }) => rows))).toBe(Math.ceil(record.record_count! / 5));
    expect(await findDifferences(installation, 'notes', await downloadParts(admin, id))).toEqual([]);
  });

  it('has one file of an empty table', async () => {
    for (const options of [{ parts: 4 }, { partition_by: { column: 'kind', unit: 'value' } }]) {
      const { id, record } = await finish({ tables: ['empty_notes'], options });

      expect(record).toMatchObject({ status: 'completed', part_count: 1, record_count: 0 });
      expect((await downloadParts(admin, id)).map(String)).toEqual(['id,text,created_at,kind\n']);
    }
  });

  it('has a preview of the first file', async () => {
    const { id } = await finish({ options: { parts: 2 } });

    const { body } = await admin.get(`/api/v1/exports/${id}/preview?rows=2`);

    expect(body.columns).toEqual(['id', 'text', 'created_at', 'kind']);
    expect(body.rows).toHaveLength(2);
  });

  it('lists its files by pages', async () => {
    const { id } = await finish({ options: { parts: 3 } });

    const first = (await admin.get(`/api/v1/exports/${id}/parts?limit=2`)).body;
    const second = (await admin.get(new URL(first.next).pathname + new URL(first.next).search)).body;

    expect([first.count, numbersOf(first)]).toEqual([3, [1, 2]]);
    expect([second.next, numbersOf(second)]).toEqual([null, [3]]);
  });

  it('is gone with all its files', async () => {
    const { id } = await finish({ options: { parts: 2 } });
    const [part] = await listParts(admin, id);

    await admin.delete(`/api/v1/exports/${id}`);

    expect((await follow(part!.file_url)).status).toBe(410);
    expect((await admin.get(`/api/v1/exports/${id}/parts`)).status).toBe(410);
    await until('its files are deleted', async () => {
      return !(await installation.storedFiles()).some((file) => file.includes(id));
    });
  });

  it('shows its files to its owner alone', async () => {
    const { id } = await finish({ options: { parts: 2 } });
    const ann = await installation.asUser('ann');

    expect((await ann.get(`/api/v1/exports/${id}/parts`)).status).toBe(404);
    expect((await ann.get(`/api/v1/exports/${id}/parts/1/download`)).status).toBe(404);
    const [first, second] = await listParts(admin, id);
    const forged = second!.file_url.replace('/parts/2/', '/parts/1/');
    expect((await follow(forged)).status).toBe(403);
    expect((await follow(first!.file_url)).status).toBe(200);
    expect((await admin.get(`/api/v1/exports/${id}/parts/3/download`)).body.code).toBe('part-not-found');
  });

  it('says how many files it would have', async () => {
    const body = { tables: ['notes'], format: 'csv', options: { max_part_rows: 1_000 }, dry_run: true };
    const { body: estimate } = await admin.post('/api/v1/export/bulk', body);

    expect(estimate.part_count).toBe(Math.ceil(estimate.record_count / 1_000));
  });

  it.each<[string, object, string]>([
    ['too few parts', { options: { parts: 1 } }, 'options.parts'],
    ['too many parts', { options: { parts: 1_001 } }, 'options.parts'],
    ['parts and a limit', { options: { parts: 2, max_part_rows: 1_000 } }, 'options.parts'],
    ['small files', { options: { max_part_rows: 999 } }, 'options.max_part_rows'],
    ['files of few bytes', { options: { max_part_bytes: 1_000_000 } }, 'options.max_part_bytes'],
    ['an unknown unit', { options: { partition_by: { column: 'kind', unit: 'week' } } }, 'options.partition_by'],
    [
      'an unknown column',
      { options: { partition_by: { column: 'size', unit: 'value' } } },
      'options.partition_by.column',
    ],
    ['periods of a text', { options: { partition_by: { column: 'kind', unit: 'day' } } }, 'options.partition_by.unit'],
    ['a workbook', { format: 'xlsx', options: { parts: 2 } }, 'options.parts'],
    ['several tables', { tables: ['notes', 'empty_notes'], options: { parts: 2 } }, 'options.parts'],
  ])('cannot be requested with %s', async (_, request, field) => {
    const { status, body } = await admin.post('/api/v1/export/bulk', { tables: ['notes'], format: 'csv', ...request });

    expect([status, (body as { errors: { field: string }[] }).errors.map((error) => error.field)]).toEqual([
      400,
      [field],
    ]);
  });

  it('fails when a column has too many values', async () => {
    const { record } = await finish({ options: { partition_by: { column: 'id', unit: 'value' } } });

    expect(record).toMatchObject({ status: 'failed', error_code: 'too-many-partitions' });
  });
});
