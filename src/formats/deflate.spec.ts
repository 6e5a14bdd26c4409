import { randomBytes } from 'node:crypto';
import { deflateRawSync, gunzipSync, inflateRawSync } from 'node:zlib';
import { deflated, gzipped } from './deflate';

/** Text that repeats, and bytes that do not. */
const CONTENT = Buffer.concat([
  Buffer.from(Array.from({ length: 60_000 }, (_, row) => `${row};name of row ${row};${row % 97}\n`).join('')),
  randomBytes(1_500_000),
]);

async function* inChunks(content: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < content.length; at += size) {
    await Promise.resolve();
    yield content.subarray(at, at + size);
  }
}

async function collected(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}

describe('deflated', () => {
  it.each([
    ['nothing', CONTENT.subarray(0, 0)],
    ['one byte', CONTENT.subarray(0, 1)],
    ['one piece', CONTENT.subarray(0, 512 * 1024)],
    ['many pieces', CONTENT],
  ])('is one stream that others read: %s', async (_what, content) => {
    expect(inflateRawSync(await collected(deflated(inChunks(content, 60_001), 1))).equals(content)).toBe(true);
    expect(gunzipSync(await collected(gzipped(inChunks(content, 60_001)))).equals(content)).toBe(true);
  });

  it('makes the same bytes of the same content, in whatever chunks it comes', async () => {
    const [one, other] = await Promise.all(
      [7_001, 300_000].map((size) => collected(deflated(inChunks(CONTENT, size), 1))),
    );

    expect(one?.equals(other ?? Buffer.alloc(0))).toBe(true);
  });

  it('costs hardly any size, although each piece refers only to itself', async () => {
    const rows = Buffer.from(
      Array.from({ length: 200_000 }, (_, row) => `<c><v>${row}</v></c><c>${row * 7919}</c>\n`).join(''),
    );

    const compressed = await collected(deflated(inChunks(rows, 65_536), 1));

    expect(compressed.length).toBeLessThan(1.01 * deflateRawSync(rows, { level: 1 }).length);
  });

  it('may be left while pieces are compressed', async () => {
    for await (const compressed of deflated(inChunks(CONTENT, 65_536), 1)) {
      expect(compressed.length).toBeGreaterThan(0);
      break;
    }
  });

  it('fails with the error of its source', async () => {
    async function* broken() {
      yield* inChunks(CONTENT, 100_000);
      throw new Error('The rows broke off');
    }

    await expect(collected(gzipped(broken()))).rejects.toThrow('The rows broke off');
  });

  it('reads no further than its reader takes', async () => {
    let read = 0;
    async function* endless() {
      for (;;) {
        await Promise.resolve();
        read += 65_536;
        yield randomBytes(65_536);
      }
    }
    const chunks = deflated(endless(), 1);

    await chunks.next();

    expect(read).toBeLessThanOrEqual(5 * 512 * 1024);
    await chunks.return(undefined);
  });
});
