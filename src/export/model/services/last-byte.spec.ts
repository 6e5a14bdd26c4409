import { Readable } from 'node:stream';
import { LastByte } from './last-byte';

const FILE = Buffer.from('the whole file');

/** The file in chunks of so many bytes. */
function source(size: number): Readable {
  const chunks = [];
  for (let at = 0; at < FILE.length; at += size) chunks.push(FILE.subarray(at, at + size));
  return Readable.from(chunks, { objectMode: false });
}

describe('LastByte', () => {
  it.each([1, 2, 5, FILE.length - 1, FILE.length, 100])('holds one byte back, in chunks of %i', async (size) => {
    const file = new LastByte(source(size), FILE.length);

    const before = await Readable.from(file.before()).toArray();

    expect(Buffer.concat(before)).toEqual(FILE.subarray(0, -1));
    expect(file.last()).toEqual(FILE.subarray(-1));
  });

  it.each([FILE.length - 1, FILE.length + 1])('fails when the file should have %i bytes', async (size) => {
    const file = new LastByte(source(4), size);

    await expect(Readable.from(file.before()).toArray()).rejects.toThrow(`not the ${size} bytes`);
  });

  it('knows of an empty file that it has no last byte', async () => {
    const file = new LastByte(Readable.from([]), 0);

    const before = await Readable.from(file.before()).toArray();

    expect([before, file.last().length]).toEqual([[], 0]);
  });
});
