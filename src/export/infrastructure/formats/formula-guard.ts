import { type Sql, sql } from '../../../platform/postgres/sql';

/** `= + - @`, tab and carriage return, by their codes: what OWASP names as the beginning of a formula. */
const FORMULA_BEGINS = sql`(61, 43, 45, 64, 9, 13)`;
// Behind it the blanks with which char(n) pads, and which spreadsheets pass over.
const PLAIN_NUMBER = sql`'\\A[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]+)? *\\Z'`;

/** Whether a spreadsheet would run the text as a formula. A text that is a plain number is a number to it. */
export function runsAsFormula(text: Sql): Sql {
  // Regular expressions refuse collations by which different texts are equal; some encodings have no code by ascii for what
  // is not ASCII, and all of that comes after an A.
  const inC = sql`${text} COLLATE "C"`;
  return sql`CASE WHEN ${inC} < 'A' THEN ascii(${text}) IN ${FORMULA_BEGINS} AND ${inC} !~ ${PLAIN_NUMBER} ELSE false END`;
}

/** The text with the apostrophe before it by which spreadsheets know that a text is meant. */
export function neutralised(text: Sql): Sql {
  return sql`CASE WHEN ${runsAsFormula(text)} THEN '''' || ${text} ELSE ${text} END`;
}

const FORMULA = /^[=+\-@\t\r]/;

/** The same for a name that never was in a row. */
export function neutralisedName(name: string): string {
  return FORMULA.test(name) ? `'${name}` : name;
}
