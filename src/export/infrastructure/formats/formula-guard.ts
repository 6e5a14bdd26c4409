import { Sql, sql } from '../../../platform/postgres/sql';

/** `= + - @`, tab and carriage return, by their codes: what OWASP names as the beginning of a formula. */
const FORMULA_BEGINS = sql`(61, 43, 45, 64, 9, 13)`;
// Behind it the blanks with which char(n) pads, and which spreadsheets pass over.
const NUMBER = '[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]+)? *';
const PLAIN_NUMBER = Sql.literal(`\\A${NUMBER}\\Z`);

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
const NUMBER_TEXT = new RegExp(`^${NUMBER}$`);

/** The same as `runsAsFormula`, of a text that is in this process. */
export function isFormula(text: string): boolean {
  return FORMULA.test(text) && !NUMBER_TEXT.test(text);
}

/** The same as `neutralised`, of a text that is in this process. */
export function neutralisedText(text: string): string {
  return isFormula(text) ? `'${text}` : text;
}

/** A column's name, neutralised; there a plain number is a name as well. */
export function neutralisedName(name: string): string {
  return FORMULA.test(name) ? `'${name}` : name;
}
