import { type Division, fromDivisionOptions, isDivisible, toDivisionOptions, UNDIVIDED } from './division';

const DIVIDED: [Partial<Division>, object][] = [
  [{}, {}],
  [{ by: 'parts', size: '8' }, { parts: 8 }],
  [{ by: 'max_part_rows', size: '1000000' }, { max_part_rows: 1_000_000 }],
  [{ by: 'max_part_bytes', size: '256' }, { max_part_bytes: 268_435_456 }],
  [{ by: 'partition_by', column: 'created_at', unit: 'day' }, { partition_by: { column: 'created_at', unit: 'day' } }],
];

describe('The division of an export', () => {
  it.each(DIVIDED)('%j becomes options, and is read from them', (changes, options) => {
    const division = { ...UNDIVIDED, ...changes };

    expect(toDivisionOptions(division)).toEqual(options);
    expect(fromDivisionOptions(options as Record<string, unknown>)).toEqual(division);
  });

  it('is possible for one table in some formats', () => {
    expect(isDivisible('csv', 1)).toBe(true);
    expect(isDivisible('csv', 2)).toBe(false);
    expect(isDivisible('xlsx', 1)).toBe(false);
  });
});
