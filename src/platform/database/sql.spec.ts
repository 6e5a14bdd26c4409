import { Sql, sql } from './sql';

describe('A piece of SQL', () => {
  it.each([
    ['users', '"users"'],
    ['Order "Lines"', '"Order ""Lines"""'],
    ['a"; DROP TABLE exports; --', '"a""; DROP TABLE exports; --"'],
    ['a.b', '"a.b"'],
  ])('has the name %s as a quoted identifier', (name, quoted) => {
    expect(Sql.identifier(name).text).toBe(quoted);
  });

  it.each([
    ['ann', `'ann'`],
    ["O'Hara", `'O''Hara'`],
    ["'; DROP TABLE exports; --", `'''; DROP TABLE exports; --'`],
    ['back\\slash', ` E'back\\\\slash'`],
  ])('has the value %s as a quoted literal', (value, quoted) => {
    expect(Sql.literal(value).text).toBe(quoted);
  });

  it('has no text with a NUL, which would cut off the statement', () => {
    expect(() => Sql.identifier('a\0b')).toThrow(RangeError);
    expect(() => Sql.literal('a\0b')).toThrow(RangeError);
  });

  it.each([1.5, NaN, Infinity, 2 ** 53])('has no number but whole ones: not %d', (value) => {
    expect(() => Sql.integer(value)).toThrow(RangeError);
  });

  it('is made of templates and lists', () => {
    const columns = Sql.join(['a', 'b'].map((name) => Sql.identifier(name)));

    const { text } = sql`SELECT ${columns} FROM ${Sql.identifier('t')} LIMIT ${Sql.integer(-5)}`;

    expect(text).toBe('SELECT "a", "b" FROM "t" LIMIT -5');
  });
});
