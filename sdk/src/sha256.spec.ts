import { createHash } from 'node:crypto';
import { createPortableSha256 } from './portable-sha256.js';
import { createSha256 } from './sha256.js';

it('SHA-256 is the same with and without Node', async () => {
  const expected = createHash('sha256');
  const digests = [await createSha256(), createPortableSha256()];
  for (const size of [0, 1, 63, 64, 65, 100_000]) {
    const bytes = new Uint8Array(size).fill(size);
    expected.update(bytes);
    for (const digest of digests) digest.update(bytes);
  }

  const hex = expected.digest('hex');
  expect(digests.map((digest) => digest.hex())).toEqual([hex, hex]);
});
