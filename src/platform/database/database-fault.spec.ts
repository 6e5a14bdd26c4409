import { isDatabaseAccessDenied, isDatabaseMissing, isDatabaseUnreachable, isTableMissing } from './database-fault';

const coded = (code: string) => Object.assign(new Error('It failed'), { code });
const byAdapter = (kind: string) =>
  Object.assign(new Error('It failed'), { meta: { driverAdapterError: { cause: { kind } } } });

describe('A database error', () => {
  it.each([
    ['no server', coded('ECONNREFUSED')],
    ['no server at any address', new AggregateError([coded('ECONNREFUSED'), coded('ENETUNREACH')])],
    ['a server that shuts down', coded('57P01')],
    ['a server without a free connection', coded('53300')],
    ['a connection that broke', coded('08006')],
    ['a query that was cancelled', coded('57014')],
    ['a change in the way', coded('40001')],
    ['no connection in time, by Prisma', coded('P2024')],
    ['no server, by the adapter', byAdapter('DatabaseNotReachable')],
    ['no server, below another error', new Error('It failed', { cause: coded('ECONNRESET') })],
    ['a connection that was terminated', new Error('Connection terminated unexpectedly')],
  ])('is transient: %s', (_, error) => {
    expect(isDatabaseUnreachable(error)).toBe(true);
  });

  it.each([
    ['a value of another type', coded('22P02')],
    ['a row that is there already', coded('P2002')],
    ['a syntax error', coded('42601')],
    ['an error of ours', new TypeError('undefined is not a function')],
    ['nothing', undefined],
    ['a text', 'ECONNREFUSED'],
  ])('is permanent: %s', (_, error) => {
    expect(isDatabaseUnreachable(error)).toBe(false);
  });

  it('is identified by its code', () => {
    expect([coded('3D000'), coded('28P01'), coded('42P01')].map((error) => isDatabaseMissing(error))).toEqual([
      true,
      false,
      false,
    ]);
    expect([coded('3D000'), coded('28P01')].map((error) => isDatabaseAccessDenied(error))).toEqual([false, true]);
    expect(isTableMissing(coded('42P01'))).toBe(true);
    expect(isTableMissing(coded('28P01'))).toBe(false);
  });
});
