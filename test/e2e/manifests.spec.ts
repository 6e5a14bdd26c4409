import { randomUUID } from 'node:crypto';
import { compactVerify, createLocalJWKSet, type JSONWebKeySet } from 'jose';
import { digestOf } from '../../src/platform/digest/block-digest';
import { createSigningKey, formatKey, publicPartOf, toPublicJwk } from '../../src/platform/signing/signing-key';
import { lessonBoard, noteBoard } from '../support/boards';
import { type ApiResponse, type Client, type ExportRecord, follow, sha256 } from '../support/client';
import { zipEntries } from '../support/files';
import { Installation } from '../support/installation';

const KEY = createSigningKey();
const RETIRED = createSigningKey();

interface ManifestText {
  readonly manifest: {
    readonly files: readonly { readonly name: string; readonly sha256: string; readonly blocks: readonly string[] }[];
  };
  readonly jws: string;
}

describe('GET /exports/:id/manifest', () => {
  let installation: Installation;
  let ann: Client;
  const annId = randomUUID();

  beforeAll(async () => {
    ({ installation } = await Installation.withApplication({
      SIGNING_KEY: formatKey(KEY),
      SIGNING_PUBLIC_KEYS: formatKey(publicPartOf(RETIRED)),
      RATE_LIMIT_EXPORTS: 'off',
    }));
    await installation.sql(`INSERT INTO users (id, name, email) VALUES ($1, 'Ann', 'ann@example.com')`, annId);
    await installation.sql(
      `INSERT INTO transactions (id, user_id, amount, currency, status)
       SELECT gen_random_uuid(), $1::uuid, n, 'EUR', 'paid' FROM generate_series(1, 50) n`,
      annId,
    );
    ann = await installation.asUser(annId);
  });

  afterAll(() => installation.remove());

  async function exported(request: object): Promise<{ record: ExportRecord; manifest: ApiResponse }> {
    const { body } = await ann.post('/api/v1/exports', { format: 'csv', ...request });
    const record = await ann.finished(body.id as string);
    return { record, manifest: await ann.get(`/api/v1/exports/${record.id}/manifest`) };
  }

  /** Verifies a manifest as a receiver with jose does. */
  async function verified({ jws, manifest }: ManifestText): Promise<object> {
    const { body } = await installation.asAnonymous().get('/.well-known/jwks.json');
    const { payload } = await compactVerify(jws, createLocalJWKSet(body as JSONWebKeySet));
    expect(new TextDecoder().decode(payload)).toBe(JSON.stringify(manifest));
    return manifest;
  }

  it('describes and proves the file of rows', async () => {
    const filters = { transactions: { amount: { gte: 0.5 } } };
    const { record, manifest } = await exported({
      type: 'partial',
      data_types: ['transactions'],
      columns: { transactions: ['amount', 'status'] },
      filters,
    });

    const file = await follow(record.file_url);

    const { sha256: hash, blocks, bytes } = digestOf(file.bytes);
    const [database] = await installation.sql<{ id: string }>(
      'SELECT system_identifier::text AS id FROM pg_control_system()',
    );
    expect(manifest.status).toBe(200);
    expect(manifest.headers.get('content-type')).toMatch(/^application\/json/);
    expect(manifest.headers.get('etag')).toBe(`"${sha256(manifest.bytes)}"`);
    expect(manifest.headers.get('content-disposition')).toContain('.csv.manifest.json');
    expect(await verified(manifest.body as ManifestText)).toMatchObject({
      version: 1,
      export: { id: record.id, kind: 'data', format: 'csv', requested_at: record.created_at },
      schedule: null,
      request: { filters: { transactions: { amount: { gte: '0.5' } } }, tables: ['transactions'] },
      snapshot: { server: database?.id },
      tables: [
        {
          name: 'transactions',
          rows: 50,
          columns: [
            { name: 'amount', postgres_type: 'numeric(12,2)', output_type: 'decimal' },
            { name: 'status', output_type: 'text' },
          ],
        },
      ],
      files: [{ name: record.file_name, media_type: 'text/csv; charset=utf-8', bytes, rows: 50, sha256: hash, blocks }],
      totals: { files: 1, rows: 50, pages: null, bytes },
      warnings: [],
    });
  });

  it('answers 304 to the ETag that it gave', async () => {
    const { record, manifest } = await exported({ type: 'partial', data_types: ['transactions'] });

    const again = await ann.get(`/api/v1/exports/${record.id}/manifest`, {
      'If-None-Match': manifest.headers.get('etag')!,
    });

    expect(again.status).toBe(304);
    expect(again.text).toBe('');
  });

  it('is reached by the link to the file, and by no other link', async () => {
    const { record, manifest } = await exported({ type: 'partial', data_types: ['transactions'] });
    const other = await exported({ type: 'partial', data_types: ['transactions'] });

    const byLink = await follow(record.file_url!.replace('/download?', '/manifest?'));
    const query = new URL(other.record.file_url!).search;
    const byOther = await installation.asAnonymous().get(`/api/v1/exports/${record.id}/manifest${query}`);

    expect(byLink.text).toBe(manifest.text);
    expect(byOther.status).toBe(403);
  });

  it('is hidden from others, and waits for the file', async () => {
    const { record } = await exported({ type: 'partial', data_types: ['transactions'] });
    const ben = await installation.asUser(randomUUID());
    const customer = await installation.asCustomer();
    const pending = randomUUID();
    await installation.sql(
      `INSERT INTO exports (id, kind, format, user_id, request_id, streamed, status) VALUES ($1, 'data', 'csv', $2, 'r', true, 'pending')`,
      pending,
      annId,
    );

    const path = `/api/v1/exports/${record.id}/manifest`;
    const answers = [
      await ben.get(path),
      await customer.get(path.replace('/exports', '/customer/exports')),
      await installation.asAnonymous().get(path),
      await ann.get(`/api/v1/exports/${pending}/manifest`),
    ];

    expect(answers.map(({ status, body }) => [status, body.code as string])).toEqual([
      [404, 'export-not-found'],
      [404, 'export-not-found'],
      [401, expect.any(String)],
      [409, 'export-has-no-file'],
    ]);
  });

  it('is 404 for exports that a version without manifests completed', async () => {
    const { record } = await exported({ type: 'partial', data_types: ['transactions'] });
    await installation.sql('DELETE FROM export_manifests WHERE export_id = $1', record.id);

    const { status, body } = await ann.get(`/api/v1/exports/${record.id}/manifest`);

    expect([status, body.code]).toEqual([404, 'manifest-unavailable']);
  });

  it('proves a streamed export, whose file is kept nowhere', async () => {
    const stream = await ann.post('/api/v1/exports', { type: 'realtime', format: 'csv', data_types: ['transactions'] });
    const id = /exports\/([^/]+)/.exec(stream.headers.get('location')!)![1]!;

    const manifest = await ann.get(`/api/v1/exports/${id}/manifest`);

    expect(await verified(manifest.body as ManifestText)).toMatchObject({
      export: { id },
      files: [{ sha256: sha256(stream.bytes), rows: 50 }],
    });
  });

  it('outlives a one-time file, and does not use up its download', async () => {
    const { record } = await exported({ type: 'partial', data_types: ['transactions'] });
    await installation.sql('UPDATE exports SET one_time = true WHERE id = $1', record.id);
    const { id, file_url: url, sha256: hash } = await ann.status(record.id);
    const link = new URL(url!);
    link.pathname += '/manifest';

    const before = await follow(link.href);
    const file = await follow(url);
    const after = await ann.get(`/api/v1/exports/${id}/manifest`);

    expect(file.status).toBe(200);
    expect(await verified(before.body as ManifestText)).toMatchObject({ files: [{ sha256: hash }] });
    expect(after.text).toBe(before.text);
  });

  it('is inside archives, for their files', async () => {
    const { record } = await exported({ type: 'partial', data_types: ['transactions', 'profile'] });
    const board = await ann.saveBoard(lessonBoard(2));
    const pages = await ann.finished((await ann.requestExport(board, 'png')).id);

    for (const { id, file_url } of [record, pages]) {
      const entries = zipEntries((await follow(file_url)).bytes);
      const inside = JSON.parse(entries.at(-1)!.bytes.toString()) as ManifestText;

      expect(entries.at(-1)!.name).toBe('manifest.json');
      expect(await verified(inside)).toMatchObject({ export: { id }, schedule: null });
      const files = entries.slice(0, -1).map(({ name, bytes }) => ({ name, sha256: sha256(bytes) }));
      expect(inside.manifest.files).toMatchObject(files);
      expect(inside.manifest.files).toHaveLength(files.length);
      const outside = (await ann.get(`/api/v1/exports/${id}/manifest`)).body as ManifestText;
      expect(outside.manifest.files).toHaveLength(1);
    }
  });

  it('is that of the picture which a front end uploaded', async () => {
    const board = await ann.saveBoard(noteBoard());
    const { id, file_url: drawn } = await ann.finished((await ann.requestExport(board, 'png')).id);
    const before = await ann.get(`/api/v1/exports/${id}/manifest`);

    await ann.put(`/api/v1/exports/${id}/content`, (await follow(drawn)).bytes, { 'Content-Type': 'image/png' });

    const after = await ann.get(`/api/v1/exports/${id}/manifest`);
    const { sha256: hash } = await ann.status(id);
    expect(after.status).toBe(200);
    expect(await verified(after.body as ManifestText)).toMatchObject({ files: [{ sha256: hash }] });
    expect(before.status).toBe(200);
  });
});

describe('GET /.well-known/jwks.json', () => {
  it('has the current key and the retired ones, without a token and without private parts', async () => {
    const { installation } = await Installation.withApplication({
      SIGNING_KEY: formatKey(KEY),
      SIGNING_PUBLIC_KEYS: formatKey(publicPartOf(RETIRED)),
    });
    try {
      const { status, headers, body } = await installation.asAnonymous().get('/.well-known/jwks.json');
      const schema = await installation.asAnonymous().get('/schemas/export-manifest-1.json');

      expect(status).toBe(200);
      expect(headers.get('content-type')).toMatch(/^application\/jwk-set\+json/);
      expect(headers.get('cache-control')).toBe('public, max-age=300');
      expect(headers.get('access-control-allow-origin')).toBe('*');
      expect(body).toEqual({ keys: [toPublicJwk(KEY), toPublicJwk(RETIRED)] });
      expect(schema.body).toMatchObject({ $id: '/schemas/export-manifest-1.json', required: ['manifest', 'jws'] });
    } finally {
      await installation.remove();
    }
  });
});
