import { createHash, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compactVerify, createLocalJWKSet } from 'jose';
import { finishedFile } from '../../../../test/support/export-requests';
import { testConfig } from '../../../../test/support/test-config';
import { SERVICE_VERSION } from '../../../platform/config/service-version';
import { createSigningKey, formatKey, publicPartOf } from '../../../platform/signing/signing-key';
import { SigningKeys } from '../../../platform/signing/signing-keys';
import type { DescribedExport } from '../domain/manifest/manifest';
import { MANIFEST_SCHEMA } from '../domain/manifest/manifest-schema';
import { ManifestSealer } from './manifest-sealer';

const KEY = createSigningKey();

const HASH = 'ab'.repeat(32);

const EXPORT: DescribedExport = {
  id: '019a0000-0000-7000-8000-000000000001',
  kind: 'data',
  format: 'csv',
  createdAt: new Date('2026-11-30T08:00:00.000Z'),
  scheduleId: '019a0000-0000-7000-8000-000000000002',
  dataTypes: ['transactions'],
  filters: { transactions: { amount: { gte: 1.5, lt: 1e21 }, note: { like: 'ї%' } } },
  options: { as_of: '2026-11-30T07:00:00.000Z', title: 'Daily_2026-11-30' },
};

const FILE = finishedFile(EXPORT.id, {
  warnings: [{ code: 'null-as-empty-line', text: 'A null is an empty line' }],
  facts: {
    title: 'Daily_2026-11-30',
    snapshot: { taken_at: '2026-11-30T08:00:01.000Z', server: '7312345678901234567' },
    tables: [
      {
        name: 'transactions',
        rows: 2,
        columns: [{ name: 'amount', postgres_type: 'numeric', output_type: 'decimal' }],
      },
    ],
  },
});

function setup(environment: Record<string, string> = { SIGNING_KEY: formatKey(KEY) }) {
  const keys = new SigningKeys(testConfig(environment));
  return { keys, sut: new ManifestSealer(keys) };
}

describe('The manifest of an export', () => {
  it('describes the request, the rows and the file', () => {
    const { sut } = setup();

    const { text } = sut.seal(EXPORT, FILE, HASH);

    const { manifest } = JSON.parse(text) as { manifest: object };
    expect(manifest).toEqual({
      version: 1,
      export: {
        id: EXPORT.id,
        kind: 'data',
        format: 'csv',
        requested_at: '2026-11-30T08:00:00.000Z',
        title: 'Daily_2026-11-30',
      },
      schedule: { id: EXPORT.scheduleId, slot: '2026-11-30T07:00:00.000Z', previous_manifest_sha256: HASH },
      request: {
        filters: { transactions: { amount: { gte: '1.5', lt: '1e+21' }, note: { like: 'ї%' } } },
        options: EXPORT.options,
        tables: ['transactions'],
      },
      snapshot: FILE.facts.snapshot,
      tables: FILE.facts.tables,
      files: [
        {
          name: 'Transactions.csv',
          media_type: 'text/csv',
          bytes: 10,
          rows: 2,
          sha256: HASH,
          block_bytes: 4_194_304,
          blocks: [HASH],
        },
      ],
      totals: { files: 1, rows: 2, pages: null, bytes: 10 },
      warnings: [{ code: 'null-as-empty-line', text: 'A null is an empty line' }],
      service: { name: 'export-service', version: SERVICE_VERSION },
    });
  });

  it('is one line of JSON whose hash identifies it', () => {
    const { text, sha256 } = setup().sut.seal(EXPORT, FILE, null);

    expect(`${JSON.stringify(JSON.parse(text))}\n`).toBe(text);
    expect(sha256).toBe(createHash('sha256').update(text).digest('hex'));
  });

  it('is signed so that jose verifies exactly its text', async () => {
    const { sut, keys } = setup();

    const { text } = sut.seal(EXPORT, FILE, null);

    const { manifest, jws } = JSON.parse(text) as { manifest: object; jws: string };
    const { payload, protectedHeader } = await compactVerify(jws, createLocalJWKSet({ keys: [...keys.published] }));
    expect(new TextDecoder().decode(payload)).toBe(JSON.stringify(manifest));
    expect(protectedHeader).toEqual({ alg: 'EdDSA', kid: keys.published[0]?.kid, typ: 'export-manifest+jws' });
  });

  it('is not signed without a key', () => {
    const { text } = setup({}).sut.seal(EXPORT, FILE, null);

    expect(JSON.parse(text)).toMatchObject({ jws: null, manifest: { version: 1 } });
  });

  it('shows every change of a byte', () => {
    const bytes = Buffer.from(setup().sut.seal(EXPORT, FILE, HASH).text);

    const unnoticed = [...bytes.keys()].filter((at) => {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ (1 << (at % 7));
      return isVerified(changed);
    });

    expect(isVerified(bytes)).toBe(true);
    expect(unnoticed).toEqual([]);
  });

  it('has no schedule, filters and tables where the export has none', () => {
    const plain = { ...EXPORT, kind: 'board', scheduleId: null, dataTypes: [], filters: null, options: {} } as const;

    const { manifest } = JSON.parse(setup().sut.seal(plain, FILE, null).text) as { manifest: object };

    expect(manifest).toMatchObject({ schedule: null, request: { filters: null, options: {}, tables: null } });
  });

  it('lists whole tables where they were requested', () => {
    const bulk = { ...EXPORT, dataTypes: [], options: { tables: ['users', 'payments'] } };

    const { manifest } = JSON.parse(setup().sut.seal(bulk, FILE, null).text) as { manifest: object };

    expect(manifest).toMatchObject({ request: { tables: ['users', 'payments'] } });
  });
});

describe('The manifest inside an archive', () => {
  it('describes the files of the archive, and has no link to the run before', () => {
    const file = {
      name: 'a.csv',
      contentType: 'text/csv',
      rows: 2,
      digest: { bytes: 7, sha256: HASH, blocks: [HASH] },
    };
    const summary = { recordCount: 5, pageCount: null, warnings: [] };
    const files = [file, { ...file, name: 'b.csv', rows: 3 }];

    const { manifest, jws } = setup().sut.sealArchive(EXPORT, FILE.facts, { files, summary });

    expect(manifest).toMatchObject({
      schedule: { id: EXPORT.scheduleId, previous_manifest_sha256: null },
      files: [{ name: 'a.csv' }, { name: 'b.csv' }],
      totals: { files: 2, rows: 5, pages: null, bytes: 14 },
    });
    expect(Buffer.from(jws?.split('.')[1] ?? '', 'base64url').toString()).toBe(JSON.stringify(manifest));
  });
});

describe('The JSON Schema of manifests', () => {
  it('is the one in the documentation', () => {
    const documented = readFileSync(join(__dirname, '../../../../docs/reference/manifest-1.schema.json'), 'utf8');

    expect(JSON.parse(documented)).toEqual(MANIFEST_SCHEMA);
  });

  it('names exactly the members that a manifest has', () => {
    const sealed: unknown = JSON.parse(setup().sut.seal(EXPORT, FILE, HASH).text);

    expect(findDifferences(MANIFEST_SCHEMA as Schema, sealed)).toEqual([]);
  });
});

/** Verifies as a receiver does: the whole text, the payload and the signature. */
function isVerified(bytes: Buffer): boolean {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    const { manifest, jws } = JSON.parse(text) as { manifest: object; jws: string };
    if (`${JSON.stringify({ manifest, jws })}\n` !== text) return false;
    const [header = '', payload = '', signature = ''] = jws.split('.');
    const decoded = Buffer.from(signature, 'base64url');
    if (decoded.toString('base64url') !== signature) return false;
    if (Buffer.from(payload, 'base64url').toString() !== JSON.stringify(manifest)) return false;
    return verify(null, Buffer.from(`${header}.${payload}`), publicPartOf(KEY), decoded);
  } catch {
    return false;
  }
}

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
}

/** The paths at which the members of a value are not those of the schema. */
function findDifferences({ anyOf, ...schema }: Schema, value: unknown, path = '$'): string[] {
  if (anyOf) return anyOf[0] && value !== null ? findDifferences(anyOf[0], value, path) : [];
  if (Array.isArray(value)) {
    const { items = {} } = schema;
    return value.flatMap((item, index) => findDifferences(items, item, `${path}[${index}]`));
  }
  const { properties, required = [] } = schema;
  if (!properties || typeof value !== 'object' || value === null) return [];
  const isSame = [...required].sort().join() === Object.keys(value).sort().join();
  const members = Object.entries(properties).flatMap(([name, member]) =>
    findDifferences(member, (value as Record<string, unknown>)[name], `${path}.${name}`),
  );
  return [...(isSame ? [] : [path]), ...members];
}
