import { sql } from '../platform/database/sql';
import type { Projection, Relation, RenderedRows } from './content';
import { CutRelation, type FileLimits } from './cut-relation';

const CSV: Projection = { select: sql`1`, as: { kind: 'csv', delimiter: ',' } };
const LINES: Projection = { select: sql`1`, as: { kind: 'line' } };

/** A relation whose text arrives in chunks of a size. */
function relationOf(text: string, chunkBytes: number, onEnd?: () => void): Relation {
  const bytes = Buffer.from(text);
  const render = (): RenderedRows => ({
    count: () => NaN,
    settings: () => [],
    // eslint-disable-next-line @typescript-eslint/require-await -- a source that has its rows at once
    async *[Symbol.asyncIterator]() {
      try {
        for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
      } finally {
        onEnd?.();
      }
    },
  });
  return { name: 'notes', section: 'notes', columns: [], rowCount: null, render, sample: () => Promise.resolve([]) };
}

async function cut(relation: Relation, limits: Partial<FileLimits>, projection = CSV) {
  const sut = new CutRelation(relation, { rows: null, bytes: null, ...limits });
  const files: { text: string; rows: number }[] = [];
  do {
    const rows = sut.next().render(projection);
    const chunks: Buffer[] = [];
    for await (const chunk of rows) chunks.push(chunk);
    files.push({ text: Buffer.concat(chunks).toString(), rows: rows.count() });
  } while (await sut.hasMore());
  return files;
}

describe('CutRelation', () => {
  const QUOTED = 'a,"one\n""two"""\nb,"\n"\n"c\n\n",\n,""\n';

  it.each([1, 2, 3, 5, 7, 64])(
    'cuts CSV after rows, not at line breaks within them, in chunks of %d',
    async (bytes) => {
      expect(await cut(relationOf(QUOTED, bytes), { rows: 1 })).toEqual([
        { text: 'a,"one\n""two"""\n', rows: 1 },
        { text: 'b,"\n"\n', rows: 1 },
        { text: '"c\n\n",\n', rows: 1 },
        { text: ',""\n', rows: 1 },
      ]);
    },
  );

  it.each([1, 3, 64])('cuts lines, in which quotes mean nothing, in chunks of %d', async (bytes) => {
    expect(await cut(relationOf('{"a":"}\n{}\n[]\n', bytes), { rows: 2 }, LINES)).toEqual([
      { text: '{"a":"}\n{}\n', rows: 2 },
      { text: '[]\n', rows: 1 },
    ]);
  });

  it.each([1, 4, 64])('ends a file before the limit of bytes would be exceeded, in chunks of %d', async (bytes) => {
    expect(await cut(relationOf('12\n34\n5\n678\n9\n', bytes), { bytes: 6 })).toEqual([
      { text: '12\n34\n', rows: 2 },
      { text: '5\n678\n', rows: 2 },
      { text: '9\n', rows: 1 },
    ]);
  });

  it('gives a row that exceeds the limit a file of its own', async () => {
    expect(await cut(relationOf('1\n2345678\n9\n', 3), { bytes: 4 })).toEqual([
      { text: '1\n', rows: 1 },
      { text: '2345678\n', rows: 1 },
      { text: '9\n', rows: 1 },
    ]);
  });

  it('makes one file of no rows, and none after the last row', async () => {
    expect(await cut(relationOf('', 8), { rows: 2 })).toEqual([{ text: '', rows: 0 }]);
    expect(await cut(relationOf('1\n2\n', 8), { rows: 2 })).toEqual([{ text: '1\n2\n', rows: 2 }]);
  });

  it('fails when the text ends within a row', async () => {
    await expect(cut(relationOf('1\n2', 8), { rows: 9 })).rejects.toThrow('within a row');
  });

  it('ends the query when the rest is not read', async () => {
    let hasEnded = false;
    const sut = new CutRelation(
      relationOf('1\n2\n3\n', 2, () => (hasEnded = true)),
      { rows: 1, bytes: null },
    );
    for await (const chunk of sut.next().render(LINES)) expect(chunk.toString()).toBe('1\n');

    await sut.close();

    expect(hasEnded).toBe(true);
  });
});
