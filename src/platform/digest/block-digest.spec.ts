import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { BLOCK_BYTES, BlockDigest, DigestedBytes, digestOf } from './block-digest';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** Bytes that differ from block to block. */
function bytesOf(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += 1) bytes[at] = (at * 31 + (at >> 16)) & 0xff;
  return bytes;
}

describe('BlockDigest', () => {
  it.each([0, 1, BLOCK_BYTES - 1, BLOCK_BYTES, BLOCK_BYTES + 1, 2 * BLOCK_BYTES, 2 * BLOCK_BYTES + 5])(
    'has the hash of %d bytes and of each of their blocks',
    (length) => {
      const bytes = bytesOf(length);

      const digest = digestOf(bytes);

      const blocks = [0, 1, 2].map((index) => bytes.subarray(index * BLOCK_BYTES, (index + 1) * BLOCK_BYTES));
      const expected = blocks.filter((block) => block.length > 0).map(sha256);
      expect(digest).toEqual({ bytes: length, sha256: sha256(bytes), blocks: expected });
    },
  );

  it('has the same result wherever the chunks end', () => {
    const bytes = bytesOf(2 * BLOCK_BYTES + 100_000);
    const digest = new BlockDigest();

    for (let start = 0; start < bytes.length; start += 99_991) digest.update(bytes.subarray(start, start + 99_991));

    expect(digest.finish()).toEqual(digestOf(bytes));
  });
});

describe('DigestedBytes', () => {
  it('passes on what it digests', async () => {
    const digested = new DigestedBytes([Buffer.from('one'), Buffer.from('two')]);

    const chunks = await buffer(digested);

    expect(chunks.toString()).toBe('onetwo');
    expect(digested.digest()).toEqual(digestOf(Buffer.from('onetwo')));
    expect(digested.failed).toBe(false);
  });

  it('knows that its source failed', async () => {
    const source = (function* () {
      yield Buffer.from('one');
      throw new Error('The source is gone');
    })();
    const digested = new DigestedBytes(source);

    await expect(buffer(digested)).rejects.toThrow('The source is gone');
    expect(digested.failed).toBe(true);
  });
});
