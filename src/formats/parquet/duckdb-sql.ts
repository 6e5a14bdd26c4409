/** SQL of DuckDB. It has no escapes within quotes but the doubled quote. */

export function duckLiteral(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

export function duckIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** What the text format of COPY writes for control characters, with the code of each. */
const ESCAPES = [
  ['b', 8],
  ['t', 9],
  ['n', 10],
  ['v', 11],
  ['f', 12],
  ['r', 13],
] as const;

/** A text as it was before the text format of COPY escaped it. */
export function unescaped(read: string): string {
  // A NUL replaces the backslash until all other escapes are decoded: no text of PostgreSQL contains one.
  const controls = ESCAPES.reduce(
    (text, [letter, code]) => `replace(${text}, '\\${letter}', chr(${code}))`,
    `replace(${read}, '\\\\', chr(0))`,
  );
  return `CASE WHEN contains(${read}, '\\') THEN replace(${controls}, chr(0), '\\') ELSE ${read} END`;
}

/** As `unescaped`, for a text without control characters. */
export function withSingleBackslashes(read: string): string {
  return `replace(${read}, '\\\\', '\\')`;
}
