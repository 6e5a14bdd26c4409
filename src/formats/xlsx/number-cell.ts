import { Sql, sql } from '../../platform/database/sql';
import { NUMBER_DIGITS } from './limits';
import type { SheetColumn } from './sheet-column';
import { scaleStyle } from './styles';
import { plainTextCell, textCell } from './text-cell';

/** The cell of a number, straight from PostgreSQL's text of it; a text where the cell's number would be another one. */
export function numberCell(value: Sql, { family, scale, noteCut }: SheetColumn): Sql {
  if (family === 'float') return floatCell(value);
  const open = scale === null ? sql`'<c><v>'` : sql`'<c s="${Sql.integer(scaleStyle(scale))}"><v>'`;
  const number = sql`${open} || ${value} || '</v></c>'`;
  if (family === 'integer') {
    const most = sql`999999999999999`;
    // An oid is compared with nothing that is no oid.
    return sql`CASE WHEN ${value}::int8 BETWEEN -${most} AND ${most} THEN ${number}
      ELSE coalesce(${plainTextCell(sql`${value}::text`)}, '<c/>') END`;
  }
  const text = sql`"number"."text"`;
  return sql`CASE WHEN ${isShort(value, scale)} THEN ${number} WHEN ${value} IS NULL THEN '<c/>'
    ELSE (SELECT CASE WHEN ${isExact(text)} THEN ${open} || ${text} || '</v></c>'
                      ELSE ${textCell(text, { isGuarded: false, noteCut })} END
          FROM (SELECT ${value}::text AS "text" OFFSET 0) AS "number") END`;
}

/** Whether a decimal plainly has no more digits than a cell keeps; NaN is greater than all others. */
function isShort(value: Sql, scale: number | null): Sql {
  const behind = scale ?? 6;
  const most = Sql.literal(`1${'0'.repeat(Math.max(NUMBER_DIGITS - Math.max(behind, 0), 0))}`);
  const isSmall = sql`(${value} > -(${most}::numeric) AND ${value} < ${most}::numeric)`;
  if (scale === null) return sql`(${isSmall} AND scale(${value}) <= ${Sql.integer(behind)})`;
  return scale > NUMBER_DIGITS ? sql`false` : isSmall;
}

/** The same by its text: zeros at either end do not count, but those before the point. A tiny one would become 0. */
function isExact(text: Sql): Sql {
  const digits = sql`ltrim(translate(CASE WHEN ${text} LIKE '%.%' THEN rtrim(${text}, '0') ELSE ${text} END, '-.', ''), '0')`;
  return sql`(${text} ~ '^-?[0-9]' AND length(${text}) <= 300 AND length(${digits}) <= ${Sql.integer(NUMBER_DIGITS)})`;
}

/** A cell has no NaN, no infinity, no minus zero, and what is smaller than the first bound is none. */
function floatCell(value: Sql): Sql {
  const number = sql`'<c><v>' || ${value} || '</v></c>'`;
  return sql`CASE WHEN abs(${value}) BETWEEN '2.2250738585072014e-308'::float8 AND '1.7976931348623157e308'::float8 THEN ${number}
    WHEN ${value} = 0 AND ${value}::text = '0' THEN ${number}
    ELSE coalesce(${plainTextCell(sql`${value}::text`)}, '<c/>') END`;
}
