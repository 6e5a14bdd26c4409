import { Sql, sql } from '../platform/database/sql';

/**
 * What OWASP names as the beginning of a formula (https://owasp.org/www-community/attacks/CSV_Injection): `= + - @`, tab,
 * line feed and carriage return, and the full-width forms of the first four, which East Asian spreadsheets take for them.
 */
const FORMULA_SIGNS = ['=', '+', '-', '@', '\t', '\n', '\r'];
const FULL_WIDTH_SIGNS = ['\uff1d', '\uff0b', '\uff0d', '\uff20'];
const SIGN_CODES = Sql.join(FORMULA_SIGNS.map((sign) => Sql.integer(sign.charCodeAt(0))));
const FULL_WIDTH_BYTES = Sql.join(
  FULL_WIDTH_SIGNS.map((sign) => Sql.literal(`\\x${Buffer.from(sign).toString('hex')}`)),
);
const NUMBER = '[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]+)?';
const PLAIN_NUMBER = Sql.literal(`\\A${NUMBER}\\Z`);

/** Whether a spreadsheet would run the text as a formula. A text that is a plain number is a number to it. */
export function runsAsFormula(text: Sql): Sql {
  // Regular expressions refuse collations by which different texts are equal.
  const inC = sql`${text} COLLATE "C"`;
  return sql`CASE WHEN ${inC} < 'A' THEN ascii(${text}) IN (${SIGN_CODES}) AND ${inC} !~ ${PLAIN_NUMBER}
    WHEN ${inC} < '~' THEN false ELSE ${firstCharacter(text)} IN (${FULL_WIDTH_BYTES}) END`;
}

/** In UTF-8, whatever the encoding of the database. SQL_ASCII has no characters to convert, only bytes. */
function firstCharacter(text: Sql): Sql {
  return sql`CASE getdatabaseencoding() WHEN 'SQL_ASCII' THEN convert_to(left(${text}, 3), 'SQL_ASCII')
    ELSE convert_to(left(${text}, 1), 'UTF8') END`;
}

/** The text with the apostrophe before it by which spreadsheets know that a text is meant. */
export function neutralised(text: Sql): Sql {
  return sql`CASE WHEN ${runsAsFormula(text)} THEN '''' || ${text} ELSE ${text} END`;
}

const FORMULA_BEGINS: ReadonlySet<string | undefined> = new Set([...FORMULA_SIGNS, ...FULL_WIDTH_SIGNS]);
const NUMBER_TEXT = new RegExp(`^${NUMBER}$`);

/** The same as `runsAsFormula`, of a text that is in this process. */
export function isFormula(text: string): boolean {
  return FORMULA_BEGINS.has(text[0]) && !NUMBER_TEXT.test(text);
}

/** The same as `neutralised`, of a text that is in this process. */
export function neutralisedText(text: string): string {
  return isFormula(text) ? `'${text}` : text;
}

/** A column's name, neutralised; there a plain number is a name as well. */
export function neutralisedName(name: string): string {
  return FORMULA_BEGINS.has(name[0]) ? `'${name}` : name;
}
