import { builtInType } from '../../../../test/fakes/column-type';
import type { FieldError } from '../../../platform/errors/domain-error';
import type { LiveColumn, Condition } from './table-plan';
import { ReferenceTime } from './relative-time';
import { RowFilters } from './row-filters';

const NAME = column('name', 'text');
const AMOUNT = column('amount', 'decimal', 'numeric');
const CREATED = column('created_at', 'timestamptz');

/** What is read of filters, with the fields that are wrong. */
function read(filters: unknown, columns = [NAME, AMOUNT, CREATED]): { conditions: Condition[]; errors: FieldError[] } {
  const errors: FieldError[] = [];
  const present = new ReferenceTime('2026-03-29T12:00:00Z', 'UTC');
  const reader = new RowFilters('users', new Map(columns.map((each) => [each.name, each])), errors, present);
  return { conditions: reader.read(filters, 'filters.users'), errors };
}

const compared = (filters: unknown) => {
  const { conditions, errors } = read(filters);
  expect(errors).toEqual([]);
  return conditions.map(({ column: { name }, operator, values }) => [name, operator, ...values]);
};

const wrongFields = (filters: unknown, columns?: LiveColumn[]) =>
  read(filters, columns).errors.map(({ field }) => field);

describe('RowFilters', () => {
  it.each(['a\0b', 'a\ud800', '\udc00a'])('rejects %j, which PostgreSQL cannot store', (value) => {
    const { conditions, errors } = read({ name: { in: ['fine 🦊', value] } });

    expect(conditions).toMatchObject([{ values: ['fine 🦊'] }]);
    expect(errors).toEqual([
      { field: 'filters.users.name.in.1', message: expect.stringMatching(/must not contain/), code: 'invalid' },
    ]);
  });

  it.each([
    ['2026-03-28', '2026-03-29'],
    ['2026-02-28', '2026-03-01'],
    ['2028-02-28', '2028-02-29'],
    ['2026-12-31', '2027-01-01'],
  ])('includes all of %s as the last day', (dateTo, before) => {
    expect(compared({ dateFrom: dateTo, dateTo })).toEqual([
      ['created_at', 'gte', dateTo],
      ['created_at', 'lt', before],
    ]);
  });

  it('ends at the moment of dateTo', () => {
    expect(compared({ dateTo: '2026-03-28T12:00:00Z' })).toEqual([['created_at', 'lte', '2026-03-28T12:00:00Z']]);
  });

  it.each(['2026-02-29', '2026-13-01', '28.03.2026', '2026-3-1', '', 20260328, null])(
    'rejects %j as the first day',
    (dateFrom) => {
      expect(wrongFields({ dateFrom })).toEqual(['filters.users.dateFrom']);
    },
  );

  it('rejects dates for a table without created_at', () => {
    expect(wrongFields({ dateFrom: '2026-03-28' }, [NAME])).toEqual(['filters.users.dateFrom']);
  });

  it('compares a value without an operator for equality', () => {
    expect(compared({ name: 'ann', amount: -5 })).toEqual([
      ['name', 'eq', 'ann'],
      ['amount', 'eq', '-5'],
    ]);
  });

  it('distinguishes null from not null', () => {
    expect(read({ name: { isNull: true } }).conditions).toMatchObject([{ operator: 'isNull', isNegated: false }]);
    expect(read({ name: { isNull: false } }).conditions).toMatchObject([{ operator: 'isNull', isNegated: true }]);
  });

  it.each([
    [{ nickname: 'ann' }, 'nickname'],
    [{ constructor: 'ann' }, 'constructor'],
    [{ name: { between: ['a', 'b'] } }, 'name.between'],
    [{ name: { toString: 'a' } }, 'name.toString'],
    [{ name: null }, 'name'],
    [{ name: { eq: ['ann'] } }, 'name.eq'],
    [{ name: { in: 'ann' } }, 'name.in'],
    [{ name: { isNull: 'true' } }, 'name.isNull'],
    [{ name: { like: 'ann\\' } }, 'name.like'],
    [{ amount: { like: '1%' } }, 'amount.like'],
    [{ amount: 2 ** 53 }, 'amount'],
    [{ amount: -(2 ** 53) }, 'amount'],
  ])('rejects %j under the field %s', (filters, field) => {
    expect(wrongFields(filters)).toEqual([`filters.users.${field}`]);
  });

  it('accepts a list of at most a thousand values', () => {
    const values = Array.from({ length: 1001 }, (_, index) => String(index));

    expect(wrongFields({ name: { in: values.slice(1) } })).toEqual([]);
    expect(wrongFields({ name: { in: values } })).toEqual(['filters.users.name.in']);
  });
});

function column(name: string, family: LiveColumn['family'], type: string = family): LiveColumn {
  return {
    name,
    type: builtInType(type),
    family,
    scale: null,
    mayHoldJsonText: false,
    isMoney: false,
  };
}
