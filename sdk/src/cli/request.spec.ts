import { type RequestArguments, toExportRequest } from './request.js';

const TABLES: Readonly<Record<string, readonly string[]>> = {
  payments: ['transactions'],
  profile: ['users', 'profiles'],
};

const request = (args: RequestArguments) =>
  toExportRequest(args, (types = Object.keys(TABLES)) => Promise.resolve(types.flatMap((type) => TABLES[type] ?? [])));

describe('The request of the command line', () => {
  it('has the rows of data types, whose table the catalog names', async () => {
    const args = { dataTypes: ['payments'], format: 'csv', filter: ['amount>=100'], columns: ['id', 'amount'] };

    expect(await request({ ...args, since: 'now-7d', until: 'yesterday' })).toEqual({
      type: 'partial',
      data_types: ['payments'],
      format: 'csv',
      filters: { transactions: { amount: { gte: '100' } }, dateFrom: 'now-7d', dateTo: 'yesterday' },
      columns: { transactions: ['id', 'amount'] },
    });
  });

  it('has all rows of another user', async () => {
    expect(await request({ all: true, user: 'ann', format: 'json' })).toEqual({
      type: 'full',
      user_id: 'ann',
      format: 'json',
    });
  });

  it('has whole tables, a board or the results of an event', async () => {
    expect(await request({ table: ['users'], format: 'xml' })).toEqual({ tables: ['users'], format: 'xml' });
    expect(await request({ board: 'b1' })).toEqual({ board: 'b1' });
    expect(await request({ event: 'e1', oneTime: false })).toEqual({ event: 'e1', one_time: false });
  });

  it('has options of the types that the API describes', async () => {
    expect(await request({ board: 'b1', option: ['pixel_ratio=3', 'background=transparent'] })).toEqual({
      board: 'b1',
      options: { pixel_ratio: 3, background: 'transparent' },
    });
    expect(await request({ table: ['users'], format: 'csv', option: ['bom=true', 'delimiter=\\t'] })).toMatchObject({
      options: { bom: true, delimiter: '\t' },
    });
  });

  it.each<[RequestArguments, string]>([
    [{}, 'Name what to export: one of --data-types, --all, --table, --board, --event.'],
    [{ board: 'b1', event: 'e1' }, 'Use one of --board, --event, not several.'],
    [{ all: true }, 'Name a format: --format json | ndjson | csv | xlsx | xml | parquet.'],
    [{ board: 'b1', filter: ['a=1'] }, '--filter is only for exports with --data-types, --all, --table: leave it out.'],
    [{ board: 'b1', oneTime: true }, '--one-time is only for exports with --event: leave it out.'],
    [{ board: 'b1', option: ['bom=true'] }, /^There is no option "bom" for this export\. Options are pixel_ratio, /],
    [{ event: 'e1', option: ['points=yes'] }, 'The option points is true or false: --option points=true'],
    [{ board: 'b1', option: ['page=one'] }, 'The option page is a number: --option page=2'],
    [{ event: 'e1', option: ['header'] }, 'Give the option a value: --option header=labels'],
  ] as [RequestArguments, string][])('refuses %j and says what to do', async (args, message) => {
    await expect(request(args)).rejects.toThrow(message);
  });
});
