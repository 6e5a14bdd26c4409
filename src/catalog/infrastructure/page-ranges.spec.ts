import { PageRanges } from './page-ranges';

const all = (ranges: PageRanges) => Array.from({ length: ranges.count }, (_, index) => ranges.at(index));

describe('PageRanges', () => {
  it('covers all pages once, and those that are added later', () => {
    const ranges = new PageRanges([{ pages: 5, bytes: 5 * 8192 }], 2 * 8192);

    expect(all(ranges)).toEqual([
      { table: 0, from: 0, before: 2 },
      { table: 0, from: 2, before: 4 },
      { table: 0, from: 4, before: null },
    ]);
  });

  it('counts long values, so that ranges have fewer pages where there are many', () => {
    const ranges = new PageRanges([{ pages: 4, bytes: 100 * 8192 }], 60 * 8192);

    expect(all(ranges)).toEqual([
      { table: 0, from: 0, before: 2 },
      { table: 0, from: 2, before: null },
    ]);
  });

  it('has ranges of a page where a page has more than a range', () => {
    expect(new PageRanges([{ pages: 3, bytes: 1e9 }], 8192).count).toBe(3);
  });

  it('goes through several tables, each in ranges of its own', () => {
    const ranges = new PageRanges(
      [
        { pages: 3, bytes: 3 * 8192 },
        { pages: 1, bytes: 8192 },
        { pages: 2, bytes: 2 * 8192 },
      ],
      8192,
    );

    expect(all(ranges)).toEqual([
      { table: 0, from: 0, before: 1 },
      { table: 0, from: 1, before: 2 },
      { table: 0, from: 2, before: null },
      { table: 1, from: 0, before: null },
      { table: 2, from: 0, before: 1 },
      { table: 2, from: 1, before: null },
    ]);
  });

  it('has one range for a table without pages', () => {
    expect(all(new PageRanges([{ pages: 0, bytes: 0 }], 8192))).toEqual([{ table: 0, from: 0, before: null }]);
  });

  it('refuses a range that there is not', () => {
    const ranges = new PageRanges([{ pages: 1, bytes: 8192 }], 8192);

    expect(() => ranges.at(1)).toThrow(RangeError);
  });
});
