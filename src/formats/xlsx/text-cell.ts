import { Sql, sql } from '../../platform/database/sql';
import { runsAsFormula } from '../formula-guard';
import { CELL_UNITS } from './limits';
import { STYLES } from './styles';

/** How a text stands in its cell. */
export interface TextCell {
  /** Whether a text that a spreadsheet would run as a formula is marked as a text. */
  readonly isGuarded: boolean;
  /** True, after it has noted that this cell was cut. */
  readonly noteCut: Sql;
}

const MAX_UNITS = Sql.integer(CELL_UNITS);
const CLOSE = sql`'</t></is></c>'`;
const OPEN = sql`'<c t="inlineStr"><is><t xml:space="preserve">'`;
const OPEN_QUOTED = sql`'<c s="${Sql.integer(STYLES.quoted)}" t="inlineStr"><is><t xml:space="preserve">'`;

// Regular expressions and nothing else name what is not ASCII: they are the same in databases of every encoding.
const CONTROLS = String.raw`\u0001-\u0008\u000b-\u001f\ufffe\uffff`;
const MAY_BEGIN_FORMULA = String.raw`^[=+@\t\r\n\uff0b\uff0d\uff1d\uff20-]`;
const NEEDS_CODES = Sql.literal(String.raw`_[xX]|[${CONTROLS}]`);
/** An underscore that would be read as the beginning of a code, also of one that a control character after it makes. */
const FALSE_CODE = Sql.literal(String.raw`_(?=[xX][0-9A-Fa-f]{4}[_${CONTROLS}])`);
const BEYOND_16_BITS = String.raw`[\U00010000-\U0010ffff]`;

const UNUSUAL = String.raw`[&<>"\u000a${CONTROLS}]|_[xX]`;

/** The cell of a text that nothing can be wrong with. */
export function plainTextCell(text: Sql): Sql {
  return sql`${OPEN} || ${text} || ${CLOSE}`;
}

/**
 * The cell of any text. Nearly all of them pass one regular expression and are handed through.
 * @param text is named several times: no more than a column
 */
export function textCell(text: Sql, { isGuarded, noteCut }: TextCell): Sql {
  const inC = sql`(${text} COLLATE "C")`;
  const content = sql`"cell"."content"`;
  const open = isGuarded
    ? sql`CASE WHEN ${content} !~ ${Sql.literal(MAY_BEGIN_FORMULA)} THEN ${OPEN}
               WHEN ${runsAsFormula(content)} THEN ${OPEN_QUOTED} ELSE ${OPEN} END`
    : OPEN;
  // OFFSET keeps the planner from putting the expression in each place where its value is named.
  return sql`CASE WHEN ${text} IS NULL THEN '<c/>'
    WHEN octet_length(${text}) > ${MAX_UNITS} OR ${inC} ~ ${Sql.literal(isGuarded ? `${UNUSUAL}|${MAY_BEGIN_FORMULA}` : UNUSUAL)}
    THEN (SELECT ${open} || ${escaped(content)} || ${CLOSE}
          FROM (SELECT ${fitting(inC, noteCut)} AS "content" OFFSET 0) AS "cell")
    ELSE ${plainTextCell(text)} END`;
}

/** The text, cut where it has more UTF-16 units than a cell may hold. There are never more units than bytes. */
function fitting(text: Sql, noteCut: Sql): Sql {
  const head = sql`left(${text}, ${MAX_UNITS} + 1)`;
  // A character of two units gets a neighbour before it, that goes again.
  const units = sql`regexp_replace(${head}, ${Sql.literal(`(${BEYOND_16_BITS})`)}, ${Sql.literal('\u0001\\1')}, 'g')`;
  const neighbours = String.raw`\u0001(?=${BEYOND_16_BITS}|\Z)`;
  // In such a database every byte is a character: the last of them may be half of one.
  const superfluous = sql`CASE getdatabaseencoding() WHEN 'SQL_ASCII'
    THEN ${Sql.literal(String.raw`${neighbours}|[\u00c0-\u00ff][\u0080-\u00bf]*\Z`)} ELSE ${Sql.literal(neighbours)} END`;
  return sql`CASE WHEN octet_length(${text}) <= ${MAX_UNITS} OR length(${units}) <= ${MAX_UNITS} THEN ${text}
    WHEN ${noteCut} THEN regexp_replace(left(${units}, ${MAX_UNITS}), ${superfluous}, '', 'g') END`;
}

/** As the content of an element, without a line break or any character that XML lacks. */
function escaped(text: Sql): Sql {
  const coded = sql`CASE WHEN ${text} ~ ${NEEDS_CODES} THEN ${withCodes(text)} ELSE ${text} END`;
  return REFERENCES.reduce((done, [from, to]) => replaced(done, from, to), coded);
}

const REFERENCES = [
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  // Not required by XML; SheetJS 0.18 loses cells whose text contains `r="…"`.
  ['"', '&quot;'],
  ['\n', '&#10;'],
] as const;

/** Characters that XML lacks have a code in workbooks; what only looks like one is told apart by the underscore's own. */
function withCodes(text: Sql): Sql {
  const told = sql`regexp_replace(${text}, ${FALSE_CODE}, '_x005F_', 'g')`;
  const controls = Array.from({ length: 0x1f }, (_, index) => index + 1).filter((code) => code !== 9 && code !== 10);
  const ascii = controls.reduce((done, code) => replaced(done, String.fromCharCode(code), codeOf(code)), told);
  return ['FFFE', 'FFFF'].reduce(
    (done, code) => sql`regexp_replace(${done}, ${Sql.literal(`\\u${code}`)}, ${Sql.literal(`_x${code}_`)}, 'g')`,
    ascii,
  );
}

const codeOf = (code: number) => `_x${code.toString(16).toUpperCase().padStart(4, '0')}_`;

function replaced(text: Sql, from: string, to: string): Sql {
  return sql`replace(${text}, ${Sql.literal(from)}, ${Sql.literal(to)})`;
}
