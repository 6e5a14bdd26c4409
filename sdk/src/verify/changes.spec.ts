import { csv, file, Signer, type TestFile, toManifest } from '../../test/sealed-export.js';
import { type VerificationReport, verify } from './index.js';

const BLOCK_BYTES = 4_194_304;
const SEED = 20_261_130;

const signer = Signer.create();
const { jwks } = signer;

/** The same numbers in each run, below a limit (mulberry32). */
function randomNumbers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return Math.floor((((value ^ (value >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
}

interface Change {
  readonly bytes: Buffer;
  readonly at: number;
}

/** `count` copies of bytes, each with another value of one byte somewhere. */
function* changes(bytes: Buffer, count: number): Generator<Change> {
  const random = randomNumbers(SEED + bytes.length);
  for (let number = 0; number < count; number += 1) {
    const changed = Buffer.from(bytes);
    const at = random(bytes.length);
    changed[at] = ((changed[at] ?? 0) + 1 + random(255)) % 256;
    yield { bytes: changed, at };
  }
}

const codesOf = ({ findings }: VerificationReport) =>
  findings.filter(({ severity }) => severity !== 'note').map(({ code }) => code);

/** 10,000 changes of one byte, each found and named. */
describe('A change of one byte', () => {
  const small: TestFile = { name: 'payments.csv', bytes: csv(20), rows: 20 };
  const sealed = signer.seal(toManifest([small]));
  const manifestFile = file('payments.csv.manifest.json', sealed);

  it('is the only thing that the following tests find', async () => {
    const report = await verify({ files: [file(small.name, small.bytes), manifestFile], jwks });

    expect(report).toMatchObject({ verdict: 'verified', findings: [], exports: [{ signedBy: signer.kid }] });
  });

  it('in a file is found in its block', async () => {
    const unnamed: unknown[] = [];
    for (const { bytes, at } of changes(small.bytes, 3060)) {
      const { verdict, findings } = await verify({ files: [file(small.name, bytes), manifestFile], jwks });
      const [found, ...others] = findings;
      const isNamed = found?.code === 'block-modified' && found.file === small.name && found.blocks?.first === 0;
      if (verdict !== 'wrong' || !isNamed || others.length > 0) unnamed.push({ at, findings });
    }

    expect(unnamed).toEqual([]);
  });

  it('in a file of several blocks is found in the right one, with the rows around it', async () => {
    const large: TestFile = { name: 'large.csv', bytes: csv(9000, 'y'.repeat(1000)), rows: 9000 };
    const besides = file('large.csv.manifest.json', signer.seal(toManifest([large])));
    const unnamed: unknown[] = [];
    for (const { bytes, at } of changes(large.bytes, 40)) {
      const { findings } = await verify({ files: [file(large.name, bytes), besides], jwks });
      const block = Math.floor(at / BLOCK_BYTES);
      const [found, ...others] = findings;
      const { first = 0, last = 0 } = found?.rows ?? {};
      const row =
        Number(/(\d+),"a[^,]*, y*$/.exec(large.bytes.toString('latin1', Math.max(0, at - 1100), at))?.[1] ?? 0) + 1;
      const isNamed = found?.blocks?.first === block && found.blocks.last === block && first <= row && row <= last + 1;
      if (!isNamed || others.length > 0) unnamed.push({ at, row, findings });
    }

    expect(large.bytes.length).toBeGreaterThan(2 * BLOCK_BYTES);
    expect(unnamed).toEqual([]);
  });

  it('in a manifest or its signature is found, wherever it is', async () => {
    const unnamed: unknown[] = [];
    for (const { bytes, at } of changes(sealed, 4000)) {
      const report = await verify({
        files: [file(small.name, small.bytes), file(manifestFile.name, bytes)],
        jwks,
      });
      const named = report.findings.filter(({ file: name, code }) => {
        return name === manifestFile.name && /^(manifest|signature|key)-/.test(code);
      });
      if (report.verdict === 'verified' || named.length === 0) unnamed.push({ at, report });
    }

    expect(unnamed).toEqual([]);
  });

  it('in an archive is found, by the manifest beside it', async () => {
    const contents: TestFile[] = [
      { name: 'payments.csv', bytes: csv(5), rows: 5 },
      { name: 'users.csv', bytes: csv(6), rows: 6 },
    ];
    const archive: TestFile = {
      name: 'export.zip',
      media_type: 'application/zip',
      rows: 11,
      bytes: signer.sealArchive(toManifest(contents), contents),
    };
    const besides = file('export.zip.manifest.json', signer.seal(toManifest([archive])));
    const unnamed: unknown[] = [];
    for (const { bytes, at } of changes(archive.bytes, 1400)) {
      const { verdict, findings } = await verify({ files: [file(archive.name, bytes), besides], jwks });
      if (verdict !== 'wrong' || findings[0]?.code !== 'block-modified') unnamed.push({ at, findings });
    }

    expect(unnamed).toEqual([]);
  });

  it('in the files of an archive or in its signed manifest is found, by the manifest inside', async () => {
    const contents: TestFile[] = [
      { name: 'payments.csv', bytes: csv(5), rows: 5 },
      { name: 'users.csv', bytes: csv(6), rows: 6 },
    ];
    const archive = signer.sealArchive(toManifest(contents), contents);
    const original = archive.toString('latin1');
    const [dataStart, dataEnd] = [original.indexOf('id,text'), original.indexOf('PK\u0003\u0004', 4)];
    const unnamed: unknown[] = [];
    let found = 0;
    for (const { bytes, at } of changes(archive, 1500)) {
      const report = await verify({ files: [file('export.zip', bytes)], jwks });
      if (report.verdict !== 'verified') {
        found += 1;
        // A change in the stored entry is named by its file.
        const isInData = at >= dataStart && at < dataEnd;
        if (isInData && !report.findings.some(({ file: name }) => name === 'export.zip/payments.csv'))
          unnamed.push({ at, report });
        continue;
      }
      // The rest is what the report says that is not covered: times and attributes of the entries.
      const isSaid = report.findings.some(({ code }) => code === 'container-not-covered');
      const isIntact = report.exports[0]?.files.every(({ isIntact }) => isIntact);
      if (!isSaid || !isIntact) unnamed.push({ at, report });
    }

    expect(unnamed).toEqual([]);
    expect(found).toBeGreaterThan(1000);
  });

  it('has codes that say what changed', async () => {
    const text = sealed.toString();
    const withText = (changed: string) =>
      verify({ files: [file(small.name, small.bytes), file(manifestFile.name, Buffer.from(changed))], jwks });

    const { jws } = JSON.parse(text) as { jws: string };
    const results = {
      'the readable copy': await withText(text.replace('"rows":20', '"rows":21')),
      'a space': await withText(text.replace('"manifest":', '"manifest": ')),
      'the line break': await withText(text.trimEnd()),
      'the order': await withText(`{"jws":${JSON.stringify(jws)},${text.slice(1, text.indexOf(',"jws"'))}}\n`),
      'a padded signature': await withText(text.replace(jws, `${jws}=`)),
      'the last bits of the signature': await withText(text.replace(jws, jws.slice(0, -1) + nextInAlphabet(jws))),
      'no signature': await withText(text.replace(JSON.stringify(jws), 'null')),
    };

    expect(Object.fromEntries(Object.entries(results).map(([name, report]) => [name, codesOf(report)]))).toEqual({
      'the readable copy': ['manifest-modified'],
      'a space': ['manifest-modified'],
      'the line break': ['manifest-modified'],
      'the order': ['manifest-modified'],
      'a padded signature': ['signature-malformed'],
      'the last bits of the signature': ['signature-malformed'],
      'no signature': ['signature-missing'],
    });
  });
});

/** A character that differs from the last one only in the bits that do not count. */
function nextInAlphabet(text: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return alphabet[alphabet.indexOf(text.at(-1) ?? '') ^ 1] ?? '';
}
