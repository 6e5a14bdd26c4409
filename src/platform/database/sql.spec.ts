import { Sql, sql } from './sql';

describe('An SQL fragment', () => {
  it.each([
    ['users', '"users"'],
    ['Order "Lines"', '"Order ""Lines"""'],
    ['a"; DROP TABLE exports; --', '"a""; DROP TABLE exports; --"'],
    ['a.b', '"a.b"'],
  ])('quotes the identifier %s', (name, quoted) => {
    expect(Sql.identifier(name).text).toBe(quoted);
  });

  it.each([
    ['ann', `'ann'`],
    ["O'Hara", `'O''Hara'`],
    ["'; DROP TABLE exports; --", `'''; DROP TABLE exports; --'`],
    ['back\\slash', ` E'back\\\\slash'`],
  ])('quotes the literal %s', (value, quoted) => {
    expect(Sql.literal(value).text).toBe(quoted);
  });

  it('rejects texts with NUL, which would truncate the statement', () => {
    expect(() => Sql.identifier('a\0b')).toThrow(RangeError);
    expect(() => Sql.literal('a\0b')).toThrow(RangeError);
  });

  it.each([1.5, NaN, Infinity, 2 ** 53])('rejects the number %d, which is not an integer', (value) => {
    expect(() => Sql.integer(value)).toThrow(RangeError);
  });

  it('is composed of templates and lists', () => {
    const columns = Sql.join(['a', 'b'].map((name) => Sql.identifier(name)));

    const { text } = sql`SELECT ${columns} FROM ${Sql.identifier('t')} LIMIT ${Sql.integer(-5)}`;

    expect(text).toBe('SELECT "a", "b" FROM "t" LIMIT -5');
  });
});
