import { csv, file, Signer, toManifest } from '../../../test/sealed-export.js';
import { verify } from '../../verify/index.js';
import { toReportText } from './report-text.js';

it('The text of a report says what each export is, and what was found', async () => {
  const signer = Signer.create();
  const { jwks, kid } = signer;
  const [right, cut] = ['right.csv', 'cut\u001b[2J.csv'].map((name) => ({ name, bytes: csv(1234), rows: 1234 }));
  const manifests = [right!, cut!].map((sealed) =>
    file(`${sealed.name}.manifest.json`, signer.seal(toManifest([sealed]))),
  );
  const files = [file(right!.name, right!.bytes), file(cut!.name, cut!.bytes.subarray(0, 9)), ...manifests];

  const text = toReportText(await verify({ files, jwks }), 'en');

  const facts = `export     one
title      Платежі
kind       data, csv
as of      2026-11-01T00:00:01.000Z
signed by  ${kid}
`;
  expect(text).toBe(`${facts}✓ right.csv: complete and unmodified, 49.5 kB, 1,234 rows counted

${facts}✗ cut\ufffd[2J.csv: not as the service made it, 49.5 kB, 1,234 rows, not counted

✗ cut\ufffd[2J.csv: The file has 9 bytes instead of 49,492: the rest is missing, from block 0.`);
});
