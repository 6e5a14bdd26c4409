import { Sql, sql } from '../../platform/database/sql';
import type { Column, Projection } from '../content';
import { isFormulaSql } from '../formula-guard';
import { columnRef, concatenate, isJsonb } from '../row-sql';
import { MAX_CELL_UNITS } from './sheet-xml';
import { MAX_NUMBER_DIGITS, STYLES, toScaleStyle } from './styles';

/** A column and what its sample shows. */
export interface SheetColumn extends Column {
  /** In characters. */
  readonly width: number;
  /** Whether its texts need neither escaping nor guarding, as those of a uuid. */
  readonly isPlainText: boolean;
  /** Whether its times have fractions of a second. */
  readonly hasFractions: boolean;
  /** SQL that is true and, as a side effect, counts one more truncated cell of the column. */
  readonly countTruncation: Sql;
}

/** A row of a sheet as one line of XML. Cells have no reference, so a row needs no number. */
export function toRowProjection(columns: readonly SheetColumn[], isRaw: boolean): Projection {
  const texts = columns.flatMap((column, index) =>
    usesOutputFunction(column) ? [sql`${toOutputText(column)} AS ${textName(index)}`] : [],
  );
  const cells = columns.map((column, index) => sql`(${toCell(column, index, isRaw)})`);
  const row = concatenate([sql`'<row>'`, ...cells, Sql.literal('</row>\n')]);
  // Each value becomes text once, although its cell refers to it several times.
  const select = texts.length > 0 ? sql`(SELECT ${row} FROM (SELECT ${Sql.join(texts)} OFFSET 0) AS "text")` : row;
  return { select, as: { kind: 'line' } };
}

const usesOutputFunction = ({ family, isPlainText }: SheetColumn) =>
  family === 'json' || (family === 'other' && !isPlainText);
/** What the type's own output function gives, from which a cast may differ, except of jsonb. A composite of nulls is not null itself. */
function toOutputText(column: SheetColumn): Sql {
  const value = columnRef(column.name);
  if (isJsonb(column)) return sql`${value}::text`;
  return sql`CASE WHEN ${value} IS DISTINCT FROM NULL THEN concat(${value}) END`;
}

const textName = (index: number) => Sql.identifier(`c${index}`);

function toCell(column: SheetColumn, index: number, isRaw: boolean): Sql {
  const value = columnRef(column.name);
  // The only values of JSON that begin like a formula are numbers.
  const style = { isGuarded: !isRaw && !isJsonb(column), countTruncation: column.countTruncation };
  switch (column.family) {
    case 'text':
      return toTextCell(value, style);
    case 'integer':
    case 'decimal':
    case 'float':
      return toNumberCell(value, column);
    case 'boolean':
      return toBooleanCell(value);
    case 'date':
      return toDateCell(value);
    case 'timestamp':
    case 'timestamptz':
      return toTimestampCell(value, column.family, column.hasFractions ? STYLES.exactTime : STYLES.time);
    case 'json':
    case 'other':
      return column.isPlainText ? toCastCell(value) : toTextCell(sql`"text".${textName(index)}`, style);
  }
}

function toBooleanCell(value: Sql): Sql {
  const open = sql`<c s="${Sql.integer(STYLES.boolean)}" t="b">`;
  return sql`CASE WHEN ${value} THEN '${open}<v>1</v></c>' WHEN NOT ${value} THEN '${open}<v>0</v></c>' ELSE '<c/>' END`;
}

// Texts

interface TextStyle {
  /** Whether a text that a spreadsheet would run as a formula is marked as a text. */
  readonly isGuarded: boolean;
  readonly countTruncation: Sql;
}

const MAX_UNITS = Sql.integer(MAX_CELL_UNITS);
const CLOSE = sql`'</t></is></c>'`;
/** Without the attribute, blanks at the ends of a text are lost. */
const OPEN = sql`'<c t="inlineStr"><is><t xml:space="preserve">'`;
const OPEN_PLAIN = sql`'<c t="inlineStr"><is><t>'`;
const OPEN_QUOTED = sql`'<c s="${Sql.integer(STYLES.quoted)}" t="inlineStr"><is><t xml:space="preserve">'`;

// Only regular expressions name characters beyond ASCII: they mean the same in databases of every encoding.
const CONTROLS = String.raw`\u0001-\u0008\u000b-\u001f\ufffe\uffff`;
const MAY_BEGIN_FORMULA = String.raw`^[=+@\r\n\uff0b\uff0d\uff1d\uff20-]`;
const NEEDS_CODES = Sql.literal(String.raw`_[xX]|[${CONTROLS}]`);
/** An underscore that would be read as the start of a code, also of one that the code of a control after it completes. */
const FALSE_CODE = Sql.literal(String.raw`_(?=[xX][0-9A-Fa-f]{4}[_${CONTROLS}])`);
const BEYOND_16_BITS = String.raw`[\U00010000-\U0010ffff]`;
const UNUSUAL = String.raw`[&<>\u000a${CONTROLS}]|r="|_[xX]|^[ \t]|[ \t]$`;

const REFERENCES = [
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  // XML does not require it; SheetJS 0.18 loses cells whose text contains `r="…"`.
  ['r="', 'r=&quot;'],
  ['\n', '&#10;'],
] as const;

/** A value as its cast to text, without escaping and without blanks to preserve. */
function toCastCell(value: Sql): Sql {
  return sql`coalesce(${OPEN_PLAIN} || ${value}::text || ${CLOSE}, '<c/>')`;
}

/**
 * The cell of any text. One regular expression finds the few texts that need escaping, another one the fewer that need
 * more than references.
 * @param text a column: the expression contains it several times
 */
function toTextCell(text: Sql, style: TextStyle): Sql {
  const inC = sql`(${text} COLLATE "C")`;
  const isShort = sql`octet_length(${text}) <= ${MAX_UNITS}`;
  const unusual = Sql.literal(style.isGuarded ? `${UNUSUAL}|${MAY_BEGIN_FORMULA}` : UNUSUAL);
  return sql`CASE WHEN ${text} IS NULL THEN '<c/>'
    WHEN ${isShort} AND ${inC} !~ ${unusual} THEN ${OPEN_PLAIN} || ${text} || ${CLOSE}
    WHEN ${isShort} AND ${inC} !~ ${NEEDS_CODES} THEN ${toOpen(inC, style)} || ${withReferences(inC)} || ${CLOSE}
    ELSE ${toRareCell(inC, style)} END`;
}

/** The cell of a text that is too long or has characters that XML lacks. */
function toRareCell(text: Sql, style: TextStyle): Sql {
  const content = sql`"cell"."content"`;
  const coded = sql`CASE WHEN ${content} ~ ${NEEDS_CODES} THEN ${withCodes(content)} ELSE ${content} END`;
  // OFFSET 0 keeps the planner from inlining the expression at each reference.
  return sql`(SELECT ${toOpen(content, style)} || ${withReferences(coded)} || ${CLOSE}
    FROM (SELECT ${truncated(text, style.countTruncation)} AS "content" OFFSET 0) AS "cell")`;
}

function toOpen(text: Sql, { isGuarded }: TextStyle): Sql {
  return isGuarded ? sql`CASE WHEN ${isFormulaSql(text)} THEN ${OPEN_QUOTED} ELSE ${OPEN} END` : OPEN;
}

/** The text, truncated to the UTF-16 units that a cell may hold. There are never more units than bytes. */
function truncated(text: Sql, countTruncation: Sql): Sql {
  const head = sql`left(${text}, ${MAX_UNITS} + 1)`;
  // A character of two units temporarily gets a second character before it, so that characters count as units.
  const units = sql`regexp_replace(${head}, ${Sql.literal(`(${BEYOND_16_BITS})`)}, ${Sql.literal('\u0001\\1')}, 'g')`;
  const inserted = String.raw`\u0001(?=${BEYOND_16_BITS}|\Z)`;
  // In SQL_ASCII every byte is a character: the last ones may be part of an incomplete character.
  const superfluous = sql`CASE getdatabaseencoding() WHEN 'SQL_ASCII'
    THEN ${Sql.literal(String.raw`${inserted}|[\u00c0-\u00ff][\u0080-\u00bf]*\Z`)} ELSE ${Sql.literal(inserted)} END`;
  return sql`CASE WHEN octet_length(${text}) <= ${MAX_UNITS} OR length(${units}) <= ${MAX_UNITS} THEN ${text}
    WHEN ${countTruncation} THEN regexp_replace(left(${units}, ${MAX_UNITS}), ${superfluous}, '', 'g') END`;
}

/** The content of an element, without line breaks. */
function withReferences(text: Sql): Sql {
  return REFERENCES.reduce((result, [from, to]) => replaceAll(result, from, to), text);
}

/** Characters that XML lacks as workbook codes; see `escapeXml`. */
function withCodes(text: Sql): Sql {
  const unambiguous = sql`regexp_replace(${text}, ${FALSE_CODE}, '_x005F_', 'g')`;
  const controls = Array.from({ length: 0x1f }, (_, index) => index + 1).filter((code) => code !== 9 && code !== 10);
  const ascii = controls.reduce(
    (result, code) => replaceAll(result, String.fromCharCode(code), toCharacterCode(code)),
    unambiguous,
  );
  return ['FFFE', 'FFFF'].reduce(
    (result, code) => sql`regexp_replace(${result}, ${Sql.literal(`\\u${code}`)}, ${Sql.literal(`_x${code}_`)}, 'g')`,
    ascii,
  );
}

const toCharacterCode = (code: number) => `_x${code.toString(16).toUpperCase().padStart(4, '0')}_`;

function replaceAll(text: Sql, from: string, to: string): Sql {
  return sql`replace(${text}, ${Sql.literal(from)}, ${Sql.literal(to)})`;
}

// Numbers

/** Types whose every number a cell keeps. */
const NEVER_TOO_LONG: ReadonlySet<string> = new Set(['int2', 'int4']);

/** A number cell with PostgreSQL's own digits; a text cell if the number of a cell would be a different one. */
function toNumberCell(value: Sql, column: SheetColumn): Sql {
  const { family, scale, countTruncation } = column;
  if (family === 'float') return toFloatCell(value);
  const open = scale === null ? sql`'<c><v>'` : sql`'<c s="${Sql.integer(toScaleStyle(scale))}"><v>'`;
  const number = sql`${open} || ${value} || '</v></c>'`;
  if (family === 'integer') {
    if (NEVER_TOO_LONG.has(column.type.name)) return sql`coalesce(${number}, '<c/>')`;
    const max = sql`999999999999999`;
    // The cast is for oid, which compares only with oid.
    return sql`CASE WHEN ${value}::int8 BETWEEN -${max} AND ${max} THEN ${number}
      ELSE ${toCastCell(value)} END`;
  }
  const text = sql`"number"."text"`;
  return sql`CASE WHEN ${hasFewDigits(value, scale)} THEN ${number} WHEN ${value} IS NULL THEN '<c/>'
    ELSE (SELECT CASE WHEN ${isExactText(text)} THEN ${open} || ${text} || '</v></c>'
                      ELSE ${toTextCell(text, { isGuarded: false, countTruncation })} END
          FROM (SELECT ${value}::text AS "text" OFFSET 0) AS "number") END`;
}

/** Whether a decimal surely has no more digits than a cell keeps; NaN is greater than all other values. */
function hasFewDigits(value: Sql, scale: number | null): Sql {
  const fraction = scale ?? 6;
  const limit = Sql.literal(`1${'0'.repeat(Math.max(MAX_NUMBER_DIGITS - Math.max(fraction, 0), 0))}`);
  const isSmall = sql`(${value} > -(${limit}::numeric) AND ${value} < ${limit}::numeric)`;
  if (scale === null) return sql`(${isSmall} AND scale(${value}) <= ${Sql.integer(fraction)})`;
  return scale > MAX_NUMBER_DIGITS ? sql`false` : isSmall;
}

/**
 * Whether a cell keeps all digits of a decimal's text. Leading zeros and trailing zeros of a fraction do not count. A very
 * small number would become 0.
 */
function isExactText(text: Sql): Sql {
  const digits = sql`ltrim(translate(CASE WHEN ${text} LIKE '%.%' THEN rtrim(${text}, '0') ELSE ${text} END, '-.', ''), '0')`;
  return sql`(${text} ~ '^-?[0-9]' AND length(${text}) <= 300 AND length(${digits}) <= ${Sql.integer(MAX_NUMBER_DIGITS)})`;
}

/** A cell has no NaN, no infinity, no minus zero, and no number smaller than the first bound. */
function toFloatCell(value: Sql): Sql {
  const number = sql`'<c><v>' || ${value} || '</v></c>'`;
  return sql`CASE WHEN abs(${value}) BETWEEN '2.2250738585072014e-308'::float8 AND '1.7976931348623157e308'::float8 THEN ${number}
    WHEN ${value} = 0 AND ${value}::text = '0' THEN ${number}
    ELSE ${toCastCell(value)} END`;
}

// Dates and times

/** Serial numbers start here. Before March 1900 Excel and others disagree: Excel has a 29 February 1900. */
const EPOCH = sql`date '1899-12-30'`;
const FIRST = sql`'1900-03-01'`;
/** Spreadsheets round to milliseconds: a later moment would be rounded into the year 10000. */
const LAST = sql`'9999-12-31 23:59:59.999'`;

/** A serial number; the text of a date that has none. */
function toDateCell(value: Sql): Sql {
  const serial = sql`(${value} - ${EPOCH})`;
  return sql`CASE WHEN ${value} BETWEEN ${FIRST}::date AND '9999-12-31'::date
    THEN '<c s="${Sql.integer(STYLES.date)}"><v>' || ${serial} || '</v></c>' ELSE ${toCastCell(value)} END`;
}

/** As `toDateCell`, in the time zone of the session. */
function toTimestampCell(value: Sql, type: 'timestamp' | 'timestamptz', style: number): Sql {
  const cast = type === 'timestamp' ? sql`::timestamp` : sql`::timestamptz`;
  const last = sql`${LAST}${cast}`;
  const cell = (moment: Sql) => sql`'<c s="${Sql.integer(style)}"><v>' || ${toSerial(moment)} || '</v></c>'`;
  return sql`CASE WHEN ${value} BETWEEN ${FIRST}${cast} AND ${last} THEN ${cell(value)}
    WHEN ${value} > ${last} AND ${value} < '10000-01-01'${cast} THEN ${cell(last)} ELSE ${toCastCell(value)} END`;
}

/** Days and the fraction of the day are added only once, so that the sum is right to the microsecond. */
function toSerial(moment: Sql): Sql {
  return sql`((${moment}::date - ${EPOCH}) + date_part('epoch', ${moment}::time) / 86400)`;
}
