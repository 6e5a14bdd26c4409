import { Sql, sql } from '../../platform/database/sql';
import { STYLES } from './styles';
import { plainTextCell } from './text-cell';

/** Serial numbers count from here. Earlier than March 1900 Excel and others disagree: Excel knows a 29th of February. */
const EPOCH = sql`date '1899-12-30'`;
const FIRST = sql`'1900-03-01'`;
/** Spreadsheets show milliseconds: what is later in the year 9999 would be rounded into the year 10000. */
const LAST = sql`'9999-12-31 23:59:59.999'`;

/** The cell of a date: its serial number, or its text where that has none. */
export function dateCell(value: Sql): Sql {
  const serial = sql`(${value} - ${EPOCH})`;
  return sql`CASE WHEN ${value} BETWEEN ${FIRST}::date AND '9999-12-31'::date
    THEN '<c s="${Sql.integer(STYLES.date)}"><v>' || ${serial} || '</v></c>' ELSE ${asText(value)} END`;
}

/**
 * The same of a moment, in the session's time zone. The whole days and the part of a day are added once, so that the
 * nearest microsecond of the sum is the right one.
 */
export function timestampCell(value: Sql, type: 'timestamp' | 'timestamptz', style: number): Sql {
  const cast = type === 'timestamp' ? sql`::timestamp` : sql`::timestamptz`;
  const last = sql`${LAST}${cast}`;
  const cell = (moment: Sql) => sql`'<c s="${Sql.integer(style)}"><v>' || ${serial(moment)} || '</v></c>'`;
  return sql`CASE WHEN ${value} BETWEEN ${FIRST}${cast} AND ${last} THEN ${cell(value)}
    WHEN ${value} > ${last} AND ${value} < '10000-01-01'${cast} THEN ${cell(last)} ELSE ${asText(value)} END`;
}

function serial(moment: Sql): Sql {
  return sql`((${moment}::date - ${EPOCH}) + date_part('epoch', ${moment}::time) / 86400)`;
}

const asText = (value: Sql) => sql`coalesce(${plainTextCell(sql`${value}::text`)}, '<c/>')`;
