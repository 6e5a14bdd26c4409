import type { Export, ExportList } from '@export-service/client';
import { type Listing, toListing, withChange, withNextPage } from './export-listing';

const idOf = (second: number): string => `e${String(second).padStart(2, '0')}`;

/** An export that was created in this second of a minute. */
function recordOf(second: number, traits: Partial<Export> = {}): Export {
  const at = `2026-11-30T12:00:${String(second).padStart(2, '0')}.000Z`;
  return { id: idOf(second), status: 'processing', format: 'csv', created_at: at, updated_at: at, ...traits } as Export;
}

function pageOf(records: Export[], { count = records.length, cursor = '' } = {}): ExportList {
  return { count, next: cursor === '' ? null : `http://x/api/v1/exports?cursor=${cursor}&limit=2`, results: records };
}

const ids = ({ records }: Listing): string[] => records.map(({ id }) => id);
const first = toListing(pageOf([recordOf(9), recordOf(7)], { count: 4, cursor: 'e07' }));

describe('A list of exports', () => {
  it('has the cursor of the next page', () => {
    expect(first).toMatchObject({ total: 4, cursor: 'e07' });
    expect(withNextPage(first, pageOf([recordOf(5), recordOf(3)], { count: 4 }))).toMatchObject({ cursor: null });
  });

  it('shows an export once, although the pages moved', () => {
    const next = withNextPage(first, pageOf([recordOf(7), recordOf(5)], { count: 5, cursor: 'e05' }));

    expect(ids(next)).toEqual(['e09', 'e07', 'e05']);
  });

  it('changes what it shows in place, also where it no longer matches the filter', () => {
    const done = recordOf(7, { status: 'completed', updated_at: '2026-11-30T12:01:00.000Z' });
    const next = withChange(first, done, { status: 'processing' });

    expect(next.records[1]).toBe(done);
    expect(next.total).toBe(4);
  });

  it('ignores a change that is older than what it shows', () => {
    const late = recordOf(7, { updated_at: '2026-11-30T11:00:00.000Z' });

    expect(withChange(first, late, {}).records[1]).toBe(first.records[1]);
  });

  it('keeps a change that arrived before the page with the state before it', () => {
    const done = recordOf(7, { status: 'completed', updated_at: '2026-11-30T12:01:00.000Z' });

    expect(toListing(pageOf([recordOf(7)]), [done]).records).toEqual([done]);
  });

  it.each([
    [12, ['e12', 'e09', 'e07']],
    [8, ['e09', 'e08', 'e07']],
  ])('shows a new export where it belongs', (second, expected) => {
    const next = withChange(first, recordOf(second), {});

    expect(ids(next)).toEqual(expected);
    expect(next.total).toBe(5);
  });

  it('leaves an older export to the page that is not loaded, and shows it where all are', () => {
    const all = toListing(pageOf([recordOf(9)]));

    expect(ids(withChange(first, recordOf(5), {}))).toEqual(['e09', 'e07']);
    expect(ids(withChange(all, recordOf(5), {}))).toEqual(['e09', 'e05']);
  });

  it('leaves out a new export that does not match the filters', () => {
    expect(ids(withChange(first, recordOf(12, { format: 'pdf' }), { format: 'csv' }))).toEqual(['e09', 'e07']);
  });
});
