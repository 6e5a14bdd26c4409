import { gzipSync } from 'node:zlib';
import { csv, file, sha256, Signer, type TestFile, toManifest, toZip } from '../../test/sealed-export.js';
import { describeFinding, type VerificationReport, verify, type VerifyOptions } from './index.js';

const signer = Signer.create();
const { jwks } = signer;

const payments: TestFile = { name: 'payments.csv', bytes: csv(3), rows: 3 };
const users: TestFile = { name: 'users.csv', bytes: csv(4, 'u'), rows: 4 };

/** Files by their names. */
function verifyAll(files: Readonly<Record<string, Uint8Array>>, options: Partial<VerifyOptions> = {}) {
  return verify({ files: Object.entries(files).map(([name, bytes]) => file(name, bytes)), jwks, ...options });
}

/** What was found, as `<code> <file>`. */
function found({ verdict, findings }: VerificationReport): string[] {
  return [verdict, ...findings.map(({ code, file: name }) => `${code} ${name}`)];
}

const exportOf = (id: string) => ({
  id,
  kind: 'data',
  format: 'csv',
  requested_at: '2026-11-01T00:00:00.000Z',
  title: id,
});

function without<Value>(files: Readonly<Record<string, Value>>, ...names: readonly string[]): Record<string, Value> {
  return Object.fromEntries(Object.entries(files).filter(([name]) => !names.includes(name)));
}

describe('verify', () => {
  it('says what a file is, as of when, by whom it is signed, and how many rows were counted', async () => {
    const report = await verifyAll({
      'payments.csv': payments.bytes,
      'payments.csv.manifest.json': signer.seal(toManifest([payments])),
    });

    expect(report).toEqual({
      verdict: 'verified',
      findings: [],
      exports: [
        {
          manifest: 'payments.csv.manifest.json',
          isInside: false,
          id: 'one',
          kind: 'data',
          format: 'csv',
          title: 'Платежі',
          requestedAt: '2026-11-01T00:00:00.000Z',
          asOf: '2026-11-01T00:00:01.000Z',
          schedule: null,
          signedBy: signer.kid,
          rows: 3,
          pages: null,
          files: [
            {
              name: 'payments.csv',
              file: 'payments.csv',
              bytes: payments.bytes.length,
              rows: 3,
              countedRows: 3,
              isIntact: true,
            },
          ],
        },
      ],
    });
  });

  describe('of several files', () => {
    const manifest = signer.seal(toManifest([payments, users]));
    const whole = {
      'a/manifest.json': manifest,
      'a/payments.csv': payments.bytes,
      'a/users.csv': users.bytes,
    };

    it('finds all of them by one manifest', async () => {
      expect(found(await verifyAll(whole))).toEqual(['verified']);
    });

    it('finds a file that was removed, added, exchanged, cut or continued', async () => {
      const withoutUsers = without(whole, 'a/users.csv');
      const longer = Buffer.concat([users.bytes, Buffer.from('5,five\n')]);

      const reports = [
        withoutUsers,
        { ...whole, 'a/more.csv': users.bytes },
        { ...whole, 'a/users.csv': payments.bytes, 'a/payments.csv': users.bytes },
        { ...whole, 'a/users.csv': users.bytes.subarray(0, -1) },
        { ...whole, 'a/users.csv': longer },
        { ...whole, 'a/users.csv': Buffer.alloc(0) },
      ].map(async (files) => found(await verifyAll(files)));

      expect(await Promise.all(reports)).toEqual([
        ['wrong', 'file-missing a/users.csv'],
        ['unverifiable', 'manifest-missing a/more.csv'],
        ['wrong', 'block-modified a/payments.csv', 'file-extended a/payments.csv', 'file-truncated a/users.csv'],
        ['wrong', 'file-truncated a/users.csv'],
        ['wrong', 'file-extended a/users.csv'],
        ['wrong', 'file-truncated a/users.csv'],
      ]);
    });

    it('does not miss others where only some are given', async () => {
      const report = await verifyAll(
        { 'a/manifest.json': manifest, 'a/users.csv': users.bytes },
        { isSelection: true },
      );

      expect(found(report)).toEqual(['verified', 'file-not-given a/payments.csv']);
    });
  });

  describe('of several exports', () => {
    const [first, second] = ['first', 'second'].map((id) =>
      signer.seal(toManifest([payments], { export: exportOf(id) })),
    );
    const other: TestFile = { name: 'payments.csv', bytes: csv(3, 'z'), rows: 3 };
    const newer = signer.seal(toManifest([other], { export: exportOf('newer') }));

    it('finds files and manifests that were exchanged between them', async () => {
      const files = { 'a/payments.csv': payments.bytes, 'b/payments.csv': other.bytes };
      const [ofA, ofB] = ['a/payments.csv.manifest.json', 'b/payments.csv.manifest.json'];

      expect(found(await verifyAll({ ...files, [ofA]: first!, [ofB]: newer }))).toEqual(['verified']);
      expect(found(await verifyAll({ ...files, [ofA]: newer, [ofB]: first! }))).toEqual([
        'wrong',
        'block-modified a/payments.csv',
        'block-modified b/payments.csv',
      ]);
    });

    it('finds an older manifest in the place of a newer one', async () => {
      const report = await verifyAll({ 'payments.csv': other.bytes, 'payments.csv.manifest.json': first! });

      expect(found(report)).toEqual(['wrong', 'block-modified payments.csv']);
    });

    it('finds an older file with its manifest, if the id of the export is known', async () => {
      const files = { 'payments.csv': payments.bytes, 'payments.csv.manifest.json': second! };

      expect(found(await verifyAll(files, { exportId: 'second' }))).toEqual(['verified']);
      expect(found(await verifyAll(files, { exportId: 'newer' }))).toEqual([
        'wrong',
        'export-unexpected payments.csv.manifest.json',
      ]);
    });

    it('takes a renamed file by its place, and says its name', async () => {
      expect(found(await verifyAll({ 'mine.csv': payments.bytes, 'mine.csv.manifest.json': first! }))).toEqual([
        'verified',
        'file-renamed mine.csv',
      ]);
      expect(found(await verifyAll({ 'mine.csv': payments.bytes, 'downloaded.manifest.json': first! }))).toEqual([
        'verified',
        'file-renamed mine.csv',
      ]);
    });
  });

  describe('of a schedule', () => {
    /** The runs of a schedule by their numbers, each with the hash of the one before. */
    function runs(count: number): Record<string, Buffer> {
      const files: Record<string, Buffer> = {};
      let previous: string | null = null;
      for (let run = 1; run <= count; run += 1) {
        const day = `2026-11-0${run}T00:00:00.000Z`;
        const described = { name: `${run}.csv`, bytes: csv(run), rows: run };
        const sealed: Buffer = signer.seal(
          toManifest([described], {
            export: { ...exportOf(String(run)), requested_at: day },
            schedule: { id: 'nightly', slot: day, previous_manifest_sha256: previous },
          }),
        );
        previous = sha256(sealed);
        files[described.name] = described.bytes;
        files[`${described.name}.manifest.json`] = sealed;
      }
      return files;
    }

    it('follows the chain from its start, or from where it begins here', async () => {
      const all = runs(4);
      const later = without(all, '1.csv', '1.csv.manifest.json');

      expect(found(await verifyAll(all))).toEqual(['verified']);
      expect(found(await verifyAll(later))).toEqual(['verified', 'chain-start 2.csv.manifest.json']);
    });

    it('finds a run that was removed, replaced, or given twice', async () => {
      const all = runs(4);
      const others = without(all, '2.csv', '2.csv.manifest.json');
      const removed = all['2.csv.manifest.json'];
      const again = signer.seal({ ...toManifest([users]), schedule: scheduleOf(removed!) });

      expect(found(await verifyAll(others))).toEqual(['wrong', 'chain-gap 3.csv.manifest.json']);
      expect(found(await verifyAll({ ...all, 'users.csv': users.bytes, 'users.csv.manifest.json': again }))).toEqual([
        'wrong',
        'chain-branches 2.csv.manifest.json',
      ]);
      expect(found(await verifyAll({ ...all, 'b/2.csv': all['2.csv']!, 'b/2.csv.manifest.json': removed! }))).toEqual([
        'verified',
      ]);
    });

    const scheduleOf = (sealed: Buffer) =>
      (JSON.parse(sealed.toString()) as { manifest: { schedule: object } }).manifest.schedule;
  });

  describe('of archives', () => {
    const contents = [payments, users];
    const manifest = toManifest(contents);
    const archive = signer.sealArchive(manifest, contents);

    it('verifies the files by the manifest inside, and says that the container is not covered', async () => {
      const report = await verifyAll({ 'export.zip': archive });

      expect(found(report)).toEqual(['verified', 'container-not-covered export.zip']);
      expect(report.exports).toMatchObject([
        { manifest: 'export.zip/manifest.json', isInside: true, files: [{ countedRows: 3 }, { countedRows: 4 }] },
      ]);
    });

    it('verifies the whole by the manifest beside it, and counts the rows of its files', async () => {
      const whole = { name: 'export.zip', media_type: 'application/zip', bytes: archive, rows: 7 };
      const wrong = toManifest([{ ...whole, rows: 8 }]);

      const report = await verifyAll({
        'export.zip': archive,
        'export.zip.manifest.json': signer.seal(toManifest([whole])),
      });

      expect(found(report)).toEqual(['verified']);
      expect(report.exports).toMatchObject([{ files: [{ rows: 7, countedRows: 7 }] }]);
      expect(found(await verifyAll({ 'export.zip': archive, 'export.zip.manifest.json': signer.seal(wrong) }))).toEqual(
        ['wrong', 'rows-differ export.zip'],
      );
    });

    it('finds a file that was added, removed or exchanged inside', async () => {
      const extra = { name: 'extra.csv', bytes: csv(1) };
      const swapped = contents.map(({ name }, index) => ({ name, bytes: contents[1 - index]!.bytes }));

      const reports = [
        signer.sealArchive(manifest, contents, [extra]),
        signer.sealArchive(manifest, [payments]),
        signer.sealArchive(manifest, swapped),
      ].map(async (bytes) => found(await verifyAll({ 'export.zip': bytes })));

      const covered = 'container-not-covered export.zip';
      expect(await Promise.all(reports)).toEqual([
        ['wrong', covered, 'file-unexpected export.zip/extra.csv'],
        ['wrong', covered, 'file-missing export.zip/users.csv'],
        [
          'wrong',
          covered,
          'block-modified export.zip/payments.csv',
          'file-extended export.zip/payments.csv',
          'file-truncated export.zip/users.csv',
        ],
      ]);
    });

    it('finds the archive of another export', async () => {
      const bytes = signer.sealArchive({ ...manifest, export: exportOf('other') }, contents);
      const whole = { name: 'export.zip', media_type: 'application/zip', bytes, rows: 7 };

      const report = await verifyAll({
        'export.zip': bytes,
        'export.zip.manifest.json': signer.seal(toManifest([whole])),
      });

      expect(found(report)).toEqual(['wrong', 'archive-of-another-export export.zip']);
    });

    it('reads zip64, and finds archives that are cut, or have no manifest', async () => {
      const members = { manifest, jws: signer.jws(JSON.stringify(manifest)) };
      const inside = { name: 'manifest.json', bytes: Buffer.from(`${JSON.stringify(members, null, 2)}\n`) };

      expect(found(await verifyAll({ 'export.zip': toZip([...contents, inside], true) }))).toEqual([
        'verified',
        'container-not-covered export.zip',
      ]);
      expect(found(await verifyAll({ 'export.zip': archive.subarray(0, -5) }))).toEqual([
        'wrong',
        'archive-damaged export.zip',
      ]);
      expect(found(await verifyAll({ 'export.zip': toZip(contents) }))).toEqual([
        'unverifiable',
        'manifest-missing export.zip',
      ]);
    });

    it('does not trust sizes of a record', async () => {
      const bytes = Buffer.from(archive);
      // The uncompressed size of the second file, which is compressed.
      const record = bytes.indexOf('PK\u0001\u0002', bytes.indexOf('PK\u0001\u0002') + 4);
      bytes.writeUInt32LE(users.bytes.length - 1, record + 24);

      expect(found(await verifyAll({ 'export.zip': bytes }))).toEqual([
        'wrong',
        'container-not-covered export.zip',
        'archive-damaged export.zip/users.csv',
        'file-truncated export.zip/users.csv',
      ]);
    });
  });

  describe('without trust', () => {
    const files = { 'payments.csv': payments.bytes, 'payments.csv.manifest.json': signer.seal(toManifest([payments])) };

    it('is not verified without keys, unless that is accepted', async () => {
      expect(found(await verifyAll(files, { jwks: undefined }))).toEqual([
        'unverifiable',
        'keys-missing payments.csv.manifest.json',
      ]);
      expect((await verifyAll(files, { jwks: undefined, acceptsUnsigned: true })).verdict).toBe('verified');
    });

    it('is not verified by a key that is unknown, or that pretends to be another', async () => {
      const stranger = Signer.create();
      const pretending = { keys: [{ ...stranger.jwks.keys[0], kid: signer.kid }] };

      expect(found(await verifyAll(files, { jwks: stranger.jwks }))).toEqual([
        'unverifiable',
        'key-unknown payments.csv.manifest.json',
      ]);
      expect(found(await verifyAll(files, { jwks: pretending }))[0]).toBe('unverifiable');
      await expect(verifyAll(files, { jwks: [] })).rejects.toThrow('A key set is a JSON object');
    });

    it('refuses another header, even if it is signed', async () => {
      const manifest = toManifest([payments]);
      const { kid } = signer;
      const headers = [
        { alg: 'none', kid, typ: 'export-manifest+jws' },
        { alg: 'EdDSA', kid, typ: 'JWT' },
        { alg: 'EdDSA', kid, typ: 'export-manifest+jws', crit: ['b64'], b64: false },
      ];
      const codes = headers.map(async (header) => {
        const sealed = `${JSON.stringify({ manifest, jws: signer.jws(JSON.stringify(manifest), header) })}\n`;
        return found(await verifyAll({ ...files, 'payments.csv.manifest.json': Buffer.from(sealed) }))[1];
      });

      expect(new Set(await Promise.all(codes))).toEqual(new Set(['signature-malformed payments.csv.manifest.json']));
    });

    it.each<[string, object, string]>([
      ['a name that leaves the folder', { name: '../payments.csv' }, 'files.name'],
      ['too few blocks', { blocks: [] }, 'files.blocks'],
      ['smaller blocks', { block_bytes: 1024 }, 'files'],
      ['no hash', { sha256: 'x' }, 'files'],
      ['another size than in total', { bytes: payments.bytes.length + 1 }, 'totals'],
    ])('refuses a manifest with %s', async (_, change, member) => {
      const {
        files: [described],
        ...manifest
      } = toManifest([payments]) as { files: [object] };
      const sealed = signer.seal({ ...manifest, files: [{ ...described, ...change }] });

      const { findings } = await verifyAll({ ...files, 'payments.csv.manifest.json': sealed });

      expect(findings).toMatchObject([{ code: 'manifest-invalid', values: { member } }]);
    });

    it('does not know later versions of the format', async () => {
      const sealed = signer.seal(toManifest([payments], { version: 2 }));

      const report = await verifyAll({ ...files, 'payments.csv.manifest.json': sealed });

      expect(found(report)).toEqual(['unverifiable', 'manifest-version-unknown payments.csv.manifest.json']);
    });
  });

  const SEVEN_ROWS_OF_PARQUET =
    'UEFSMRUAFXwVYCwVDhUAFQYVBgAAPhgCAAAADgEADQERCQEWAQEAAwEFDAAAAAQBBUgAAAAFAAAAAAAAAAYAAAAAAAAAFQIZLDUAGA1kdWNrZGJfc2NoZW1hFQIAFQQlAhgBaSUkABYOGRwZHCYAHBUEGRUAGRgBaRUCFg4WngEWggEmCDwYCAYAAAAAAAAAGAgAAAAAAAAAABYAKAgGAAAAAAAAABgIAAAAAAAAAAAREQAAABaeARYOJggWggEAKChEdWNrREIgdmVyc2lvbiB2MS41LjYgKGJ1aWxkIDA2OWNjOWY5YjUpGRwcAAAAqwAAAFBBUjE=';

  const two = Buffer.from('id\nnumber\n1\n\n');
  it.each<[string, Partial<TestFile> & { readonly bytes: Buffer }, number | null, Readonly<Record<string, unknown>>]>([
    ['CSV with line breaks in quotes', { bytes: csv(5) }, 5, {}],
    [
      'CSV with two lines of headers and an empty line',
      { bytes: two },
      2,
      { request: { options: { header: 'both' } } },
    ],
    ['CSV without a line break at its end', { bytes: Buffer.from('id\n1') }, 1, {}],
    ['CSV with a byte order mark and without rows', { bytes: Buffer.from('\ufeffid\n') }, 0, {}],
    ['compressed CSV', { bytes: gzipSync(csv(6)), media_type: 'application/gzip' }, 6, {}],
    ['NDJSON', { bytes: Buffer.from('{"a":"\\""}\n{}\n'), media_type: 'application/x-ndjson' }, 2, {}],
    [
      'Parquet',
      { bytes: Buffer.from(SEVEN_ROWS_OF_PARQUET, 'base64'), media_type: 'application/vnd.apache.parquet' },
      7,
      {},
    ],
    ['a workbook, which is not read', { bytes: Buffer.from('?'), media_type: 'application/x' }, null, {}],
  ])('counts the rows of %s', async (_, described, counted, changes) => {
    const [right, wrong] = [counted ?? 9, 10].map((rows) => ({ name: 'rows', ...described, rows }));
    const verifyWith = (sealed: TestFile) =>
      verifyAll({ rows: described.bytes, 'rows.manifest.json': signer.seal(toManifest([sealed], changes)) });

    const report = await verifyWith(right!);

    expect(report).toMatchObject({ verdict: 'verified', exports: [{ files: [{ countedRows: counted }] }] });
    expect(found(await verifyWith(wrong!))).toEqual(counted === null ? ['verified'] : ['wrong', 'rows-differ rows']);
  });

  it.each<[string, string, Buffer]>([
    ['a quote that does not end', 'text/csv', Buffer.from('id\n"1\n')],
    ['no header', 'text/csv', Buffer.alloc(0)],
    ['no gzip', 'application/gzip', Buffer.from('id\n1\n')],
    ['no Parquet', 'application/vnd.apache.parquet', Buffer.from('id\n1\n')],
  ])('says that rows cannot be counted in a signed file with %s', async (_, media_type, bytes) => {
    const sealed = signer.seal(toManifest([{ name: 'rows', media_type, bytes, rows: 1 }]));

    expect(found(await verifyAll({ rows: bytes, 'rows.manifest.json': sealed }))).toEqual([
      'wrong',
      'rows-unreadable rows',
    ]);
  });

  it('ends when it is aborted', async () => {
    const files = { 'users.csv': users.bytes, 'users.csv.manifest.json': signer.seal(toManifest([users])) };

    await expect(verifyAll(files, { signal: AbortSignal.abort(new Error('Enough')) })).rejects.toThrow('Enough');
  });

  it('describes what it finds in each language', () => {
    const finding = {
      code: 'block-modified',
      severity: 'wrong',
      file: 'a.csv',
      blocks: { first: 1, last: 2 },
      bytes: { start: 4_194_304, end: 12_582_912 },
      rows: { first: 1000, last: 3000 },
    } as const;

    expect(describeFinding(finding, 'en')).toBe(
      'Block 1–2 (bytes 4,194,304 to 12,582,911) is not as the service made it. It has parts of the rows 1,000–3,000.',
    );
    expect(describeFinding({ code: 'file-missing', severity: 'wrong', file: 'a' }, 'uk')).toBe('Файлу бракує.');
  });
});
