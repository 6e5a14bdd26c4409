import { escapeIdentifier, escapeLiteral } from 'pg';

/**
 * A piece of SQL that is safe to run. Statements that take no bind parameters, as COPY does, are put together of these
 * alone: a plain string becomes part of one only as a quoted name or a quoted value.
 */
export class Sql {
  private constructor(readonly text: string) {}

  /** The tag of a template whose every insertion is SQL itself. */
  static template(strings: TemplateStringsArray, ...insertions: readonly Sql[]): Sql {
    return new Sql(String.raw({ raw: strings }, ...insertions.map(({ text }) => text)));
  }

  /** A name, whatever characters it has. */
  static identifier(name: string): Sql {
    return new Sql(escapeIdentifier(withoutNul(name)));
  }

  /** A text value of type `unknown`: the context or a cast gives it its type. */
  static literal(value: string): Sql {
    return new Sql(escapeLiteral(withoutNul(value)));
  }

  static integer(value: number): Sql {
    if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is not a whole number`);
    return new Sql(String(value));
  }

  static join(pieces: readonly Sql[], separator: ', ' | ' AND ' | ' OR ' | ' || ' = ', '): Sql {
    return new Sql(pieces.map(({ text }) => text).join(separator));
  }
}

export const sql = (strings: TemplateStringsArray, ...insertions: readonly Sql[]) =>
  Sql.template(strings, ...insertions);

/** The protocol ends a statement at a NUL: what comes after would be cut off in silence. */
function withoutNul(text: string): string {
  if (text.includes('\0')) throw new RangeError('PostgreSQL has no text with a NUL in it');
  return text;
}
