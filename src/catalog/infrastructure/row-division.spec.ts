import { Sql } from '../../platform/database/sql';
import { cutPages } from './row-division';
import type { Leaf } from './split-plan';

const leaf = (name: string, pages: number): Leaf => ({ name: Sql.identifier(name), pages, bytes: 0 });

/** `table:from-before` of each range of each piece. */
const cut = (leaves: readonly Leaf[], count: number) =>
  cutPages(leaves, count).map(({ pages }) =>
    pages.map(({ table, from, before }) => `${table.replaceAll('"', '')}:${from}-${before ?? ''}`),
  );

describe('cutPages', () => {
  it('cuts a table into pieces of about as many pages, of which the last has no end', () => {
    expect(cut([leaf('a', 10)], 3)).toEqual([['a:0-3'], ['a:3-6'], ['a:6-']]);
  });

  it('cuts several tables, each of whose last range has no end', () => {
    expect(cut([leaf('a', 4), leaf('b', 1), leaf('c', 7)], 3)).toEqual([['a:0-'], ['b:0-', 'c:0-3'], ['c:3-']]);
    expect(cut([leaf('a', 4), leaf('b', 1), leaf('c', 7)], 2)).toEqual([['a:0-', 'b:0-', 'c:0-1'], ['c:1-']]);
  });

  it.each([1, 2, 3, 7, 12])('leaves no page out, and none twice, in %d pieces', (count) => {
    const tables = [leaf('a', 5), leaf('b', 7)];

    const ranges = cutPages(tables, count).flatMap(({ pages }) => pages);

    for (const { name, pages } of tables) {
      const own = ranges.filter(({ table }) => table === name.text);
      expect(own.map(({ from }) => from)).toEqual([0, ...own.slice(0, -1).map(({ before }) => before)]);
      expect(own.at(-1)).toMatchObject({ before: null });
      expect(own.every(({ from }) => from < pages)).toBe(true);
    }
  });
});
