import { type Sql, sql } from '../../../platform/postgres/sql';

/**
 * `= + - @`, tab, carriage return and line feed, by their codes, and the full-width `＝ ＋ － ＠` that spreadsheets of East
 * Asia take for the same: what OWASP names as the beginning of a formula.
 */
const FORMULA_BEGINS = sql`(61, 43, 45, 64, 9, 13, 10, 65309, 65291, 65293, 65312)`;
const PLAIN_NUMBER = sql`'\\A[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]+)?\\Z'`;

/** Whether a spreadsheet would run the text as a formula. A text that is a plain number is a number to it. */
export function runsAsFormula(text: Sql): Sql {
  // Regular expressions refuse collations by which different texts are equal.
  return sql`(ascii(${text}) IN ${FORMULA_BEGINS} AND ${text} COLLATE "C" !~ ${PLAIN_NUMBER})`;
}

/** The text with the apostrophe before it by which spreadsheets know that a text is meant. */
export function neutralised(text: Sql): Sql {
  return sql`CASE WHEN ${runsAsFormula(text)} THEN '''' || ${text} ELSE ${text} END`;
}

const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;

/** The same for a name that never was in a row. */
export function neutralisedName(name: string): string {
  return FORMULA.test(name) ? `'${name}` : name;
}
