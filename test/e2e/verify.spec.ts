import { randomUUID } from 'node:crypto';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSigningKey, formatKey } from '../../src/platform/signing/signing-key';
import { noteBoard } from '../support/boards';
import { type Client, follow } from '../support/client';
import { Installation } from '../support/installation';
import type { ProgramRun } from '../support/program';
import { readReport, runVerify } from '../support/verify-program';

/** The built command line on files and manifests of the service, which is needed for its keys only. */
describe('export-service verify', () => {
  const annId = randomUUID();
  let installation: Installation;
  let ann: Client;
  let folder: string;
  let keys: string;

  beforeAll(async () => {
    ({ installation } = await Installation.withApplication({
      SIGNING_KEY: formatKey(createSigningKey()),
      RATE_LIMIT_EXPORTS: 'off',
    }));
    await installation.sql(`INSERT INTO users (id, name, email) VALUES ($1, 'Ann', 'ann@example.com')`, annId);
    await installation.sql(
      `INSERT INTO transactions (id, user_id, amount, currency, status, description)
       SELECT gen_random_uuid(), $1::uuid, n, 'EUR', 'paid', E'a "quoted" text\nof two lines' FROM generate_series(1, 50) n`,
      annId,
    );
    ann = await installation.asUser(annId);
    keys = join(await mkdtemp(join(tmpdir(), 'verify-keys-')), 'keys.json');
    await writeFile(keys, (await installation.asAnonymous().get('/.well-known/jwks.json')).text);
  });

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'verify-'));
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));
  afterAll(async () => {
    await rm(join(keys, '..'), { recursive: true, force: true });
    await installation.remove();
  });

  const run = (args: readonly string[], variables?: Record<string, string>): Promise<ProgramRun> =>
    runVerify(folder, args, variables);

  /** Saves the file of an export, and its manifest beside it. */
  async function save(path: string, request: object, name: string): Promise<string> {
    const { body } = await ann.post(path, request);
    const record = await ann.finished(body.id as string);
    const manifest = await ann.get(`/api/v1/exports/${record.id}/manifest`);
    await writeFile(join(folder, name), (await follow(record.file_url)).bytes);
    await writeFile(join(folder, `${name}.manifest.json`), manifest.bytes);
    return record.id;
  }

  const saveRows = (name: string, request: object) =>
    save('/api/v1/exports', { type: 'partial', data_types: ['transactions'], ...request }, name);

  it('verifies the files of all formats, and counts their rows again', async () => {
    const board = (await ann.post('/api/v1/solo/sessions', { name: 'Line', state: noteBoard('one') })).body
      .id as string;
    await saveRows('rows.csv', { format: 'csv', options: { bom: true, delimiter: ';' } });
    await saveRows('rows.csv.gz', { format: 'csv', options: { compression: 'gzip' } });
    await saveRows('rows.ndjson', { format: 'ndjson' });
    await saveRows('rows.ndjson.gz', { format: 'ndjson', options: { compression: 'gzip' } });
    await saveRows('rows.json', { format: 'json' });
    await saveRows('tables.zip', { format: 'csv', data_types: ['profile', 'transactions'] });
    await save('/api/v1/solo/exports', { session_ids: [board], format: 'png' }, 'boards.zip');

    await copyFile(keys, join(folder, 'keys.json'));

    const verified = await run(['.', '--jwks', 'keys.json']);

    const { code, stderr } = verified;
    const { verdict, exports, findings } = readReport(verified);
    const rows = exports.map(({ manifest, files: [file] }) => [manifest.split('.manifest')[0], file?.countedRows]);
    expect({ code, stderr, verdict }).toEqual({ code: 0, stderr: '', verdict: 'verified' });
    expect(findings.filter(({ code: finding }) => finding !== 'file-renamed')).toEqual([]);
    expect(Object.fromEntries(rows)).toEqual({
      'rows.csv': 50,
      'rows.csv.gz': 50,
      'rows.ndjson': 50,
      'rows.ndjson.gz': 50,
      'rows.json': null,
      'tables.zip': exports.find(({ manifest }) => manifest.startsWith('tables'))?.files[0]?.rows,
      'boards.zip': null,
    });
    expect(exports.every(({ signedBy }) => /^[\w-]{43}$/.test(signedBy ?? ''))).toBe(true);
  });

  it('verifies the zip of an export of several files, by the manifest inside it', async () => {
    await saveRows('parts.zip', { format: 'csv', options: { partition_by: { column: 'created_at', unit: 'day' } } });
    await rm(join(folder, 'parts.zip.manifest.json'));
    await copyFile(keys, join(folder, 'keys.json'));

    const verified = await run(['parts.zip', '--jwks', 'keys.json']);

    const { verdict, exports } = readReport(verified);
    expect({ code: verified.code, verdict }).toEqual({ code: 0, verdict: 'verified' });
    expect(exports[0]?.files.map(({ rows, countedRows }) => [rows, countedRows])).toEqual([[50, 50]]);
  });

  it('verifies archives by the manifest inside them, with the keys of the service', async () => {
    const board = (await ann.post('/api/v1/solo/sessions', { name: 'Line', state: noteBoard('one') })).body
      .id as string;
    await saveRows('tables.zip', { format: 'csv', data_types: ['profile', 'transactions'] });
    await save('/api/v1/solo/exports', { session_ids: [board], format: 'json' }, 'boards.zip');
    for (const name of ['tables.zip', 'boards.zip']) await rm(join(folder, `${name}.manifest.json`));

    const runs = await Promise.all(
      ['tables.zip', 'boards.zip'].map((name) => run([name], { EXPORT_SERVICE_URL: installation.host.url })),
    );

    const reports = runs.map(readReport);
    expect(runs.map(({ code, stderr }) => ({ code, stderr }))).toEqual([
      { code: 0, stderr: '' },
      { code: 0, stderr: '' },
    ]);
    expect(reports.map(({ findings }) => findings.map(({ code }) => code))).toEqual([
      ['container-not-covered'],
      ['container-not-covered'],
    ]);
    expect(reports[0]?.exports[0]?.files.map(({ countedRows }) => countedRows)).toContain(50);
  });

  it('names what is wrong, and ends with 1', async () => {
    const id = await saveRows('rows.csv', { format: 'csv' });
    const path = join(folder, 'rows.csv');
    const bytes = await readFile(path);
    bytes[100] = (bytes[100] ?? 0) ^ 1;
    await writeFile(path, bytes);

    const changed = await run(['rows.csv', '--jwks', keys]);
    const other = await run(['rows.csv', '--jwks', keys, '--export', randomUUID()]);

    const { verdict, findings, exports } = readReport(changed);
    expect(changed).toMatchObject({
      code: 1,
      stderr: 'export-service: rows.csv is not as the service made it.\n',
    });
    expect({ verdict, id: exports[0]?.id }).toEqual({ verdict: 'wrong', id });
    expect(findings.at(-1)).toMatchObject({
      code: 'block-modified',
      file: 'rows.csv',
      text: expect.stringContaining('is not as the service made it') as string,
    });
    expect(readReport(other).findings.map(({ code }) => code)).toContain('export-unexpected');
  });

  it('ends with 2 where it cannot verify, and needs no network for it', async () => {
    await saveRows('rows.csv', { format: 'csv' });

    const withoutKeys = await run(['rows.csv']);
    const named = await run(['.', '--manifest', 'rows.csv.manifest.json', '--no-signature']);
    const accepted = await run(['rows.csv', '--no-signature']);
    const unreachable = await run(['rows.csv'], { EXPORT_SERVICE_URL: 'http://127.0.0.1:9' });
    await rm(join(folder, 'rows.csv.manifest.json'));
    const withoutManifest = await run(['rows.csv', '--jwks', keys]);
    const missing = await run(['other.csv']);

    expect([withoutKeys, named, accepted, unreachable, withoutManifest, missing].map(({ code }) => code)).toEqual([
      2, 0, 0, 2, 2, 2,
    ]);
    expect(withoutKeys.stderr).toBe('export-service: rows.csv cannot be verified.\n');
    expect(withoutKeys.stdout).toContain('The signature was not checked: there are no keys.');
    expect(unreachable.stderr).toContain('The keys of the service are not available: 127.0.0.1:9 cannot be reached');
    expect(missing.stderr).toBe('export-service: other.csv does not exist.\n');
  });
});
