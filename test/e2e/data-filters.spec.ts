import { randomUUID } from 'node:crypto';
import { type Client, follow } from '../support/client';
import { addTableType } from '../support/data';
import { Installation } from '../support/installation';

const A = '11111111-1111-4111-8111-111111111111';
const B = '22222222-2222-4222-8222-222222222222';

/** One table of every type family, three rows of two sorts and one of nulls. */
describe('Filters of rows', () => {
  let installation: Installation;
  let ann: Client;

  beforeAll(async () => {
    ({ installation } = await Installation.withApplication());
    const owner = randomUUID();
    ann = await installation.asUser(owner);
    await installation.sql(`CREATE TYPE mood AS ENUM ('sad', 'fine', 'glad')`);
    await installation.sql(`CREATE DOMAIN positive AS numeric(20, 4) CHECK (VALUE > 0)`);
    await installation.sql(
      `CREATE TABLE kinds (id int, user_id uuid DEFAULT '${owner}', txt text, chr char(5), big bigint, num numeric(38, 10), flt float8,
         pos positive, yes boolean, day date, at timestamp, created_at timestamptz, uid uuid, mood mood, data jsonb, span interval, ip inet)`,
    );
    await installation.sql(
      `INSERT INTO kinds (id, txt, chr, big, num, flt, pos, yes, day, at, created_at, uid, mood, data, span, ip) VALUES
       (1, 'alpha', 'a', 9007199254740993, '12345678901234567890.5', -1.5, 1, true, '2026-03-28', '2026-03-28 10:00', '2026-03-28T21:59:59.999Z', '${A}', 'sad', '{"a": 1}', '1 hour', '10.0.0.1'),
       (2, 'al%_\\', 'b', -5, '-0.0000000001', 'NaN', 2, false, '1969-07-20', '2026-03-29 10:00', '2026-03-28T22:00:00Z', '${B}', 'fine', '[]', '1 day', '10.0.0.2'),
       (3, '', 'c', 0, 0, 'Infinity', 3, true, '2026-03-29', 'infinity', '2026-03-29T20:59:59.999Z', '${A}', 'glad', '{"a": 1}', '2 days', '::1'),
       (4, null, null, null, null, null, null, null, null, null, '2026-03-29T21:00:00Z', null, null, null, null, null)`,
    );
    await addTableType(installation, 'kinds');
  });

  afterAll(() => installation.remove());

  async function found(filters: object, options: object = {}): Promise<string> {
    const response = await ann.post('/api/exports', {
      type: 'realtime',
      format: 'csv',
      data_types: ['kinds'],
      columns: ['id'],
      filters,
      options,
    });
    if (response.status !== 200) throw new Error(response.text);
    return response.text.trimEnd().split('\n').slice(1).sort().join('');
  }

  it.each<[string, unknown, string]>([
    ['txt', 'alpha', '1'],
    ['txt', '', '3'],
    ['txt', { ne: 'alpha' }, '23'],
    ['txt', { in: ['alpha', '', 'beta'] }, '13'],
    ['txt', { in: [] }, ''],
    ['txt', { gt: 'al' }, '12'],
    ['txt', { like: 'al%' }, '12'],
    ['txt', { like: 'al\\%\\_\\\\' }, '2'],
    ['txt', { like: 'AL%' }, ''],
    ['txt', { isNull: true }, '4'],
    ['txt', { isNull: false }, '123'],
    ['txt', { like: 'al%', ne: 'alpha' }, '2'],
    ['chr', 'a', '1'],
    ['chr', { like: 'a%' }, '1'],
    ['big', '9007199254740993', '1'],
    ['big', { gt: '9007199254740992' }, '1'],
    ['big', { lte: -5 }, '2'],
    ['num', '12345678901234567890.5', '1'],
    ['num', { lt: 0 }, '2'],
    ['num', { lt: '0', gte: '-0.0000000001' }, '2'],
    ['num', { in: [0, '12345678901234567890.5000'] }, '13'],
    ['num', { gte: 1e-9 }, '1'],
    ['flt', 'NaN', '2'],
    ['flt', { eq: 'Infinity' }, '3'],
    ['flt', { lt: -1 }, '1'],
    ['pos', { gte: 2 }, '23'],
    ['yes', true, '13'],
    ['yes', { ne: true }, '2'],
    ['yes', { in: [false] }, '2'],
    ['day', '1969-07-20', '2'],
    ['day', { gte: '2026-03-28', lt: '2026-03-29' }, '1'],
    ['at', { gt: '2026-03-28T12:00:00' }, '23'],
    ['uid', A, '13'],
    ['uid', { in: [A, B.toUpperCase()] }, '123'],
    ['mood', 'fine', '2'],
    ['mood', { gt: 'sad' }, '23'],
    ['mood', { isNull: true }, '4'],
    ['data', { eq: '{"a":   1}' }, '13'],
    ['span', { gt: '23 hours' }, '23'],
    ['ip', { in: ['10.0.0.2', '::1'] }, '23'],
    ['id', { eq: 1, gt: 1 }, ''],
    ['id', {}, '1234'],
  ])('on %s with %j return the rows %s', async (column, filter, rows) => {
    expect(await found({ kinds: { [column]: filter } })).toBe(rows);
  });

  it.each([
    ['mood', { like: 'f%' }],
    ['mood', 'angry'],
    ['uid', { like: '1%' }],
    ['yes', 'perhaps'],
    ['big', 'many'],
    ['big', '9223372036854775808'],
    ['day', '2026-02-29'],
    ['data', { gt: '{' }],
    ['ip', '300.0.0.1'],
    ['span', 'for ever'],
  ])('on %s with %j are rejected under their field', async (column, filter) => {
    const response = await ann.post('/api/exports', {
      type: 'realtime',
      format: 'csv',
      data_types: ['kinds'],
      filters: { kinds: { [column]: filter } },
    });

    expect(response.status).toBe(400);
    expect(response.body.errors).toMatchObject([{ field: expect.stringContaining(`filters.kinds.${column}`) }]);
  });

  it.each<[object, string, string]>([
    [{ dateTo: '2026-03-28' }, 'UTC', '12'],
    [{ dateTo: '2026-03-28' }, 'Europe/Kyiv', '1'],
    [{ dateFrom: '2026-03-29' }, 'UTC', '34'],
    [{ dateFrom: '2026-03-29', dateTo: '2026-03-29' }, 'UTC', '34'],
    // A day of 23 hours: the clocks go forward.
    [{ dateFrom: '2026-03-29', dateTo: '2026-03-29' }, 'Europe/Kyiv', '23'],
    [{ dateFrom: '2026-03-28T22:00:00Z' }, 'Europe/Kyiv', '234'],
    [{ dateFrom: '2026-03-29T00:00:00' }, 'Europe/Kyiv', '234'],
    [{ dateFrom: '2026-03-29T00:00:00+02:00' }, 'UTC', '234'],
    [{ dateTo: '2026-03-28T22:00:00Z' }, 'UTC', '12'],
    [{ dateTo: '2026-03-28T22:00:00+00' }, 'UTC', '12'],
    [{ dateTo: '2026-12-31' }, 'UTC', '1234'],
    [{ dateTo: '2024-02-29' }, 'UTC', ''],
  ])('by the dates %j in %s return the rows %s', async (dates, timezone, rows) => {
    expect(await found(dates, { timezone })).toBe(rows);
    expect(await found({ kinds: dates }, { timezone })).toBe(rows);
  });

  it('by date are rejected for a table without created_at and for an invalid date', async () => {
    await installation.sql('CREATE TABLE undated (id int, user_id uuid)');
    await addTableType(installation, 'undated');
    const ask = (filters: object, name = 'undated') =>
      ann.post('/api/exports', { type: 'partial', format: 'csv', data_types: [name], filters });

    const undated = await ask({ dateFrom: '2026-01-01' });
    const noDate = await ask({ dateTo: '01/02/2026' }, 'kinds');

    expect([undated.status, noDate.status]).toEqual([400, 400]);
    expect(undated.body.errors).toMatchObject([
      { field: 'filters.dateFrom', message: expect.stringContaining('undated') },
    ]);
    expect(noDate.body.errors).toMatchObject([{ field: 'filters.dateTo' }]);
  });

  it('combine with columns, which are exported once in the requested order', async () => {
    const ask = async (columns: unknown) => {
      const response = await ann.post('/api/exports', {
        type: 'partial',
        format: 'csv',
        data_types: ['kinds'],
        columns,
        filters: { kinds: { id: 2 } },
      });
      return (await follow((await ann.finished(response.body.id as string)).file_url)).text;
    };

    expect(await ask(['day', 'id', 'day'])).toBe('day,id\n1969-07-20,2\n');
    expect(await ask({ kinds: ['chr', 'big'] })).toBe('chr,big\nb    ,-5\n');
  });

  it.each<[string, object, string]>([
    ['xlsx', { compression: 'gzip' }, 'options.compression'],
    ['xlsx', { bom: true }, 'options.bom'],
    ['xlsx', { delimiter: ';' }, 'options.delimiter'],
    ['json', { raw: true }, 'options.raw'],
    ['json', { bom: false }, 'options.bom'],
    ['csv', { timezone: 'Mars/Olympus' }, 'options.timezone'],
    ['csv', { timezone: '+02:00' }, 'options.timezone'],
    ['csv', { timezone: 'UTC+2' }, 'options.timezone'],
    ['csv', { timezone: 5 }, 'options.timezone'],
    ['csv', { compression: 'brotli' }, 'options.compression'],
    ['csv', { delimiter: ',,' }, 'options.delimiter'],
    ['csv', { delimiter: '"' }, 'options.delimiter'],
    ['csv', { bom: 'yes' }, 'options.bom'],
    ['csv', { raw: 1 }, 'options.raw'],
    ['csv', { nonsense: true }, 'options.nonsense'],
    ['csv', { columns: ['id'] }, 'options.columns'],
  ])('combine with options, which are validated: %s with %j', async (format, options, field) => {
    const { status, body } = await ann.post('/api/exports', {
      type: 'partial',
      format,
      data_types: ['kinds'],
      columns: ['id'],
      options,
    });

    expect([status, (body.errors as { field: string }[]).map((error) => error.field)]).toEqual([400, [field]]);
  });
});
