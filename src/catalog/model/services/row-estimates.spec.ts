import { builtInType } from '../../../../test/fakes/column-type';
import { FakeEstimateQueries } from '../../../../test/fakes/estimate-queries.fake';
import { testConfig } from '../../../../test/support/test-config';
import type { LiveColumn, TablePlan } from '../domain/table-plan';
import { RowEstimates } from './row-estimates';

const ID: LiveColumn = {
  name: 'id',
  type: builtInType('text'),
  family: 'text',
  scale: null,
  mayHoldJsonText: false,
  isMoney: false,
};
const FILTER = {
  field: 'filters.t.id',
  column: ID,
  operator: 'eq',
  values: ['1'],
  isRelative: false,
  isNegated: false,
} as const;

const WHOLE: TablePlan = {
  table: { name: 't', schema: 'public', relation: 't', isLockable: true, columns: [ID] },
  section: 't',
  columns: [ID],
  accessPredicates: [],
  conditions: [],
};
const FILTERED: TablePlan = { ...WHOLE, conditions: [FILTER] };
const OWN: TablePlan = { ...FILTERED, accessPredicates: [{ column: ID, value: 'ann' }] };

const CHEAP = 100;
const COSTLY = 1_000_000;
/** Too long to be counted; a hundredth of it is not. */
const SLOW_MS = 3_000;

/** What PostgreSQL's statistics say of all rows. */
const EXPECTED = 777;

function setup(traits: Partial<FakeEstimateQueries> = {}) {
  const queries = Object.assign(new FakeEstimateQueries(), traits);
  const estimate = (plan: TablePlan, cost: number) =>
    new RowEstimates(testConfig()).estimate([{ plan, planned: { rows: EXPECTED, cost } }], queries, 5);
  return { queries, estimate };
}

describe('RowEstimates', () => {
  it.each<[string, TablePlan]>([
    ['a whole table', WHOLE],
    ['a filter', FILTERED],
    ['rows of an owner', OWN],
  ])('counts %s if that is cheap', async (_, plan) => {
    const { estimate } = setup({ hits: 42 });

    const estimated = await estimate(plan, CHEAP);

    expect(estimated).toMatchObject({
      count: 42,
      warnings: [],
      samples: [{ name: 't', columns: ['id'], rows: [['1']] }],
    });
    expect(estimated.tables).toMatchObject([{ name: 't', rows: 42, rowBytes: 10 }]);
  });

  it('counts nothing if the first rows are all', async () => {
    const { queries, estimate } = setup({ measured: { count: 4, samples: [], rowBytes: 10, longestText: 3 } });

    expect(await estimate(OWN, COSTLY)).toMatchObject({ count: 4, warnings: [] });
    expect(queries.asked).toEqual([]);
  });

  it('takes the statistics for a whole table, and says if they are old', async () => {
    const fresh = setup({ hits: 42 });
    const old = setup({ table: { hasOwnRows: true, scanCost: 1_000_000, isStale: true } });

    expect(await fresh.estimate(WHOLE, COSTLY)).toMatchObject({ count: EXPECTED, warnings: [] });
    expect(await old.estimate(WHOLE, COSTLY)).toMatchObject({
      count: EXPECTED,
      warnings: [{ code: 'statistics-stale' }],
    });
    expect(fresh.queries.asked).toEqual([]);
  });

  it('counts in a part of a table that is too large to be counted', async () => {
    const { queries, estimate } = setup({ hits: 50_000, countMs: SLOW_MS });

    expect(await estimate(FILTERED, COSTLY)).toMatchObject({ count: 50_000, warnings: [] });
    expect(queries.asked).toEqual(['part']);
  });

  it('is uncertain of few rows in a large table', async () => {
    const { estimate } = setup({ hits: 0, countMs: SLOW_MS });

    expect(await estimate(FILTERED, COSTLY)).toMatchObject({
      count: EXPECTED,
      warnings: [{ code: 'estimate-uncertain' }],
    });
  });

  it('never takes the statistics, which are of the rows of all owners, for the rows of one', async () => {
    const none = setup({ hits: 0, countMs: SLOW_MS });
    const some = setup({ hits: 1000, countMs: SLOW_MS });
    const view = setup({ hits: 500, countMs: SLOW_MS, table: { hasOwnRows: false, scanCost: 0, isStale: false } });

    expect(await none.estimate(OWN, COSTLY)).toMatchObject({ count: null, warnings: [{ code: 'estimate-uncertain' }] });
    expect(await some.estimate(OWN, COSTLY)).toMatchObject({ count: 1000 });
    expect(await view.estimate(OWN, CHEAP)).toMatchObject({ count: null, warnings: [{ code: 'estimate-uncertain' }] });
  });

  it('assumes a length of rows that cannot be read in time', async () => {
    const { estimate } = setup({ hits: 3, measured: null });

    expect(await estimate(OWN, CHEAP)).toMatchObject({ count: 3, tables: [{ rowBytes: 12 }], samples: [{ rows: [] }] });
  });
});
