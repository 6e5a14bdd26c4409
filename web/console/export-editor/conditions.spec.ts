import {
  type Condition,
  escapePattern,
  fieldsOf,
  findConflicts,
  fromFilters,
  operatorsFor,
  toFilters,
  toOperators,
} from './conditions';
import { isDay, lastDayOf, shiftDays } from './periods';

const condition = (changes: Partial<Condition>): Condition => ({
  id: 0,
  table: 'transactions',
  column: 'amount',
  operator: 'is',
  value: '',
  end: '',
  ...changes,
});
const say = (changes: Partial<Condition>): unknown => toOperators(condition(changes));
/** What the conditions of filters say again, as filters. */
const again = (filters: object): unknown => toFilters(fromFilters(filters));

describe('toOperators', () => {
  it.each([
    ['a number', { operator: 'moreThan', value: '100' }, { gt: '100' }],
    [
      'a number that no float can hold',
      { operator: 'is', value: '12345678901234567890.01' },
      { eq: '12345678901234567890.01' },
    ],
    ['two bounds', { operator: 'between', value: '1', end: '2.5' }, { gte: '1', lte: '2.5' }],
    ['Arabic text', { operator: 'contains', value: 'رسوم الدورة' }, { like: '%رسوم الدورة%' }],
    ['wildcards in a text', { operator: 'startsWith', value: '50%_\\' }, { like: '50\\%\\_\\\\%' }],
    ['quotes in a text', { operator: 'is', value: `O'Brien "Bob"` }, { eq: `O'Brien "Bob"` }],
    ['a list, without empty lines', { operator: 'isOneOf', value: 'paid\n\n failed \n' }, { in: ['paid', 'failed'] }],
    ['a named month', { operator: 'month', value: '2024-02' }, { gte: '2024-02-01', lt: '2024-03-01' }],
    ['the last month of a year', { operator: 'month', value: '2025-12' }, { gte: '2025-12-01', lt: '2026-01-01' }],
    [
      'two days, both included',
      { operator: 'range', value: '2026-03-28', end: '2026-03-29' },
      { gte: '2026-03-28', lt: '2026-03-30' },
    ],
    ['a period that stays relative', { operator: 'during', value: 'yesterday' }, { eq: 'yesterday' }],
    ['an empty text', { operator: 'emptyText' }, { eq: '' }],
    ['no value', { operator: 'isNull' }, { isNull: true }],
    ['yes', { operator: 'isTrue' }, { eq: true }],
  ] as const)('says %s', (_what, changes, operators) => {
    expect(say(changes)).toEqual(operators);
  });

  it.each([
    ['a value', { operator: 'is', value: '' }],
    ['the upper bound', { operator: 'between', value: '1' }],
    ['the last day', { operator: 'range', value: '2026-01-01' }],
    ['a day that exists', { operator: 'range', value: '2026-02-30', end: '2026-03-01' }],
    ['a value of a list', { operator: 'isOneOf', value: ' \n' }],
    ['a month', { operator: 'month', value: '2026-13' }],
    ['a known period', { operator: 'during', value: 'eternity' }],
  ] as const)('says nothing without %s', (_what, changes) => {
    expect(say(changes)).toBeUndefined();
  });
});

describe('toFilters', () => {
  it('joins conditions on one column, and leaves out those that are not finished', () => {
    const conditions = [
      condition({ operator: 'moreThan', value: '100' }),
      condition({ operator: 'lessThan', value: '200' }),
      condition({ column: 'status', operator: 'is', value: '' }),
    ];

    expect(toFilters(conditions)).toEqual({ transactions: { amount: { gt: '100', lt: '200' } } });
  });

  it('leaves out tables that are not exported', () => {
    expect(toFilters([condition({ value: '1' })], ['users'])).toBeUndefined();
  });

  it('says dates of all tables at the top level, with a last day that is included', () => {
    const all = { table: '', column: 'created_at' };

    expect(toFilters([condition({ ...all, operator: 'month', value: '2026-01' })])).toEqual({
      dateFrom: '2026-01-01',
      dateTo: '2026-01-31',
    });
    expect(toFilters([condition({ ...all, operator: 'before', value: '2026-03-01' })])).toEqual({
      dateTo: '2026-02-28',
    });
    expect(toFilters([condition({ ...all, operator: 'during', value: 'lastMonth' })])).toEqual({
      dateFrom: 'now-1M/M',
      dateTo: 'now-1M/M',
    });
  });
});

describe('fromFilters', () => {
  it.each([
    ['a plain value', { t: { status: 'paid' } }, { operator: 'is', value: 'paid' }],
    ['a whole month', { t: { at: { gte: '2026-01-01', lt: '2026-02-01' } } }, { operator: 'month', value: '2026-01' }],
    [
      'days',
      { t: { at: { gte: '2026-01-05', lt: '2026-02-01' } } },
      { operator: 'range', value: '2026-01-05', end: '2026-01-31' },
    ],
    ['a text within others', { t: { name: { like: '%50\\%%' } } }, { operator: 'contains', value: '50%' }],
    ['another pattern', { t: { name: { like: 'a_c' } } }, { operator: 'pattern', value: 'a_c' }],
    ['a relative period', { t: { at: 'yesterday' } }, { operator: 'during', value: 'yesterday' }],
    ['numbers', { t: { amount: { gte: 10, lte: 20 } } }, { operator: 'between', value: '10', end: '20' }],
    [
      'dateFrom and dateTo',
      { t: { dateFrom: '2026-01-01', dateTo: '2026-01-31' } },
      { operator: 'month', column: 'created_at' },
    ],
    ['dates of all tables', { dateFrom: 'now-7d/d' }, { operator: 'during', value: 'last7Days', table: '' }],
    ['a falsehood', { t: { is_refund: false } }, { operator: 'isFalse' }],
  ])('reads %s', (_what, filters, expected) => {
    expect(fromFilters(filters)).toEqual([expect.objectContaining(expected)]);
  });

  it.each([
    [{ t: { a: { gt: '1', lt: '2', ne: '1.5' }, b: { in: ['x', 'y'] }, c: { isNull: false } } }],
    [{ t: { at: { gte: '2026-01-01T00:00:00+02:00', lt: 'now-3h' } } }],
    [{ t: { at: { gte: '2026-01-01', lt: '2026-02-01', ne: '2026-01-05' } } }],
    [{ t: { name: { like: '%\\\\%' }, other: { like: 'ends\\_' }, third: { like: '%%' } } }],
    [{ t: { name: { eq: 'مرحبا "اقتباس"' } } }],
    [{ dateFrom: '2026-01-01', dateTo: '2026-12-31' }],
    [{ dateTo: '2026-12-31T12:00:00Z' }],
  ])('keeps what %j means', (filters) => {
    expect(again(filters)).toEqual(filters);
  });

  it('reads nothing where there is nothing', () => {
    expect([fromFilters(null), fromFilters('all'), fromFilters({ t: null })]).toEqual([[], [], []]);
  });
});

describe('findConflicts', () => {
  it('finds a second condition with the same operator', () => {
    const conditions = [
      condition({ id: 1, operator: 'contains', value: 'a' }),
      condition({ id: 2, operator: 'endsWith', value: 'b' }),
      condition({ id: 3, column: 'other', operator: 'contains', value: 'c' }),
    ];

    expect([...findConflicts(conditions)]).toEqual([2]);
  });
});

describe('fieldsOf', () => {
  it('names the paths under which the service reports a condition', () => {
    expect(fieldsOf(condition({ operator: 'between', value: '1', end: 'x' }))).toEqual([
      'filters.transactions.amount.gte',
      'filters.transactions.amount.lte',
      'filters.transactions.amount',
    ]);
  });
});

describe('operatorsFor', () => {
  it('offers the operators of the type, and the one that an earlier export has', () => {
    expect(operatorsFor('boolean', 't')).toEqual(['isTrue', 'isFalse', 'isNull', 'isNotNull']);
    expect(operatorsFor('text', 't', 'pattern')).toContain('pattern');
    expect(operatorsFor('a type of a later version', 't')).toContain('is');
  });
});

describe('The calendar', () => {
  it('counts days without a time zone, also where clocks change', () => {
    expect(shiftDays('2026-03-28', 1)).toBe('2026-03-29');
    expect(shiftDays('2026-10-25', 1)).toBe('2026-10-26');
    expect(lastDayOf('2024-02')).toBe('2024-02-29');
    expect([isDay('2026-02-29'), isDay('2026-01-31'), isDay('2026-01-31T00:00')]).toEqual([false, true, false]);
  });

  it('escapes what a pattern would read as a wildcard', () => {
    expect(escapePattern('100%_\\')).toBe('100\\%\\_\\\\');
  });
});
