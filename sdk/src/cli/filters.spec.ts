import { groupColumns, groupFilters, locateColumn, parseFilter } from './filters.js';

describe('A filter of the command line', () => {
  it.each([
    ['amount>=100', 'amount', 'gte', '100'],
    ['amount <= 100', 'amount', 'lte', '100'],
    ['amount>1', 'amount', 'gt', '1'],
    ['amount<1', 'amount', 'lt', '1'],
    ['status=paid', 'status', 'eq', 'paid'],
    ['status!=paid', 'status', 'ne', 'paid'],
    ['note=', 'note', 'eq', ''],
    ['note=a>b in c', 'note', 'eq', 'a>b in c'],
    ['name~A%', 'name', 'like', 'A%'],
    ['status in paid, open', 'status', 'in', ['paid', 'open']],
    ['status IN a=b', 'status', 'in', ['a=b']],
    ['note is null', 'note', 'isNull', true],
    ['note is not null', 'note', 'isNull', false],
  ])('reads %s', (text, column, operator, value) => {
    expect(parseFilter(text)).toEqual({ column, operator, value });
  });

  it.each(['amount', '>=100', '', 'status in', 'status in ,'])('refuses %j and says how to write it', (text) => {
    expect(() => parseFilter(text)).toThrow(/^The filter .* cannot be read\. Write 'amount>=100'/);
  });

  it('combines the conditions on one column, and the columns of several tables', () => {
    const filters = groupFilters(['payments.amount>=1', 'payments.amount<5', 'users.name~A%'], ['users', 'payments']);

    expect(filters).toEqual({
      payments: { amount: { gte: '1', lt: '5' } },
      users: { name: { like: 'A%' } },
    });
  });

  it('refuses to compare a column twice in the same way', () => {
    expect(() => groupFilters(['amount>1', 'amount>2'], ['payments'])).toThrow('Two filters compare amount');
  });

  it('keeps columns that are called like properties of every object', () => {
    expect(Object.keys(groupFilters(['__proto__=1'], ['constructor'])['constructor'] ?? {})).toEqual(['__proto__']);
    expect(groupColumns(['constructor.id'], ['constructor', 'users'])).toEqual({ constructor: ['id'] });
  });
});

describe('A column of the command line', () => {
  it('is of the only table, unless it names its table', () => {
    expect(locateColumn('amount', ['payments'])).toEqual({ table: 'payments', column: 'amount' });
    expect(locateColumn('payments.amount', ['payments'])).toEqual({ table: 'payments', column: 'amount' });
    expect(locateColumn('a.b.c', ['a', 'a.b'])).toEqual({ table: 'a.b', column: 'c' });
  });

  it('must name its table where there are several', () => {
    expect(() => locateColumn('amount', ['users', 'payments'])).toThrow(
      'Name the table of the column amount: users.amount or payments.amount.',
    );
  });
});
