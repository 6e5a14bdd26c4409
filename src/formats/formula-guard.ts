import { Sql, sql } from '../platform/database/sql';
import type { FormatOption } from './options';

/** The option that turns the guard off. */
export const RAW = {
  type: 'boolean',
  default: false,
  description: 'Do not neutralize texts that a spreadsheet would run as a formula',
} as const satisfies FormatOption;

/**
 * The first characters of a formula according to OWASP (https://owasp.org/www-community/attacks/CSV_Injection): `= + - @`,
 * tab, line feed, carriage return, and the full-width forms of the first four, which East Asian spreadsheets accept.
 */
const FORMULA_SIGNS = ['=', '+', '-', '@', '\t', '\n', '\r'];
const FULL_WIDTH_SIGNS = ['\uff1d', '\uff0b', '\uff0d', '\uff20'];
const SIGN_CODES = Sql.join(FORMULA_SIGNS.map((sign) => Sql.integer(sign.charCodeAt(0))));
const FULL_WIDTH_BYTES = Sql.join(
  FULL_WIDTH_SIGNS.map((sign) => Sql.literal(`\\x${Buffer.from(sign).toString('hex')}`)),
);
const NUMBER = '[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]+)?';
const PLAIN_NUMBER = Sql.literal(`\\A${NUMBER}\\Z`);

/** SQL: whether a spreadsheet would run the text as a formula. It reads a text that is a plain number as a number. */
export function isFormulaSql(text: Sql): Sql {
  // Regular expressions fail with nondeterministic collations.
  const inC = sql`${text} COLLATE "C"`;
  return sql`CASE WHEN ${inC} < 'A' THEN ascii(${text}) IN (${SIGN_CODES}) AND ${inC} !~ ${PLAIN_NUMBER}
    WHEN ${inC} < '~' THEN false ELSE ${firstCharacter(text)} IN (${FULL_WIDTH_BYTES}) END`;
}

/** In UTF-8, whatever the encoding of the database. SQL_ASCII has only bytes, no characters to convert. */
function firstCharacter(text: Sql): Sql {
  return sql`CASE getdatabaseencoding() WHEN 'SQL_ASCII' THEN convert_to(left(${text}, 3), 'SQL_ASCII')
    ELSE convert_to(left(${text}, 1), 'UTF8') END`;
}

/** SQL: the text, with an apostrophe before a formula: spreadsheets then read it as text. */
export function neutralizeSql(text: Sql): Sql {
  return sql`CASE WHEN ${isFormulaSql(text)} THEN '''' || ${text} ELSE ${text} END`;
}

const FIRST_CHARACTERS: ReadonlySet<string | undefined> = new Set([...FORMULA_SIGNS, ...FULL_WIDTH_SIGNS]);
const NUMBER_TEXT = new RegExp(`^${NUMBER}$`);

/** As `isFormulaSql`, for a text in this process. */
export function isFormula(text: string): boolean {
  return FIRST_CHARACTERS.has(text[0]) && !NUMBER_TEXT.test(text);
}

/** As `neutralizeSql`, for a text in this process. */
export function neutralize(text: string): string {
  return isFormula(text) ? `'${text}` : text;
}

/** The name of a column, neutralized; a plain number is a name too. */
export function neutralizeName(name: string): string {
  return FIRST_CHARACTERS.has(name[0]) ? `'${name}` : name;
}
