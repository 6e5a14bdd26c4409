import { escapeIdentifier, escapeLiteral } from 'pg';

/**
 * A piece of SQL that is safe to run, for statements that do not support bind parameters, such as
 * COPY. A plain string becomes part of it only as a quoted identifier or a quoted literal.
 */
export class Sql {
  private constructor(readonly text: string) {}

  /** A template tag whose insertions are all `Sql`. */
  static template(strings: TemplateStringsArray, ...insertions: readonly Sql[]): Sql {
    return new Sql(String.raw({ raw: strings }, ...insertions.map(({ text }) => text)));
  }

  /** A quoted identifier with any characters. */
  static identifier(name: string): Sql {
    return new Sql(escapeIdentifier(withoutNul(name)));
  }

  /** A quoted literal of type `unknown`: the context or a cast determines its type. */
  static literal(value: string): Sql {
    return new Sql(escapeLiteral(withoutNul(value)));
  }

  static integer(value: number): Sql {
    if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is not an integer`);
    return new Sql(String(value));
  }

  static join(pieces: readonly Sql[], separator: ', ' | ' AND ' | ' OR ' | ' || ' | ' + ' = ', '): Sql {
    return new Sql(pieces.map(({ text }) => text).join(separator));
  }
}

export const sql = (strings: TemplateStringsArray, ...insertions: readonly Sql[]) =>
  Sql.template(strings, ...insertions);

/** The protocol would silently truncate a statement at a NUL. */
function withoutNul(text: string): string {
  if (text.includes('\0')) throw new RangeError('PostgreSQL does not support NUL in text');
  return text;
}
