import { Sql, sql } from '../../platform/database/sql';
import type { Projection } from '../relation';
import { column } from '../column';
import { numberCell } from './number-cell';
import type { SheetColumn } from './sheet-column';
import { STYLES } from './styles';
import { plainTextCell, textCell } from './text-cell';
import { dateCell, timestampCell } from './time-cell';

/** One row of a sheet, as one line of XML. Cells have no reference, so that a row needs no number. */
export function rowProjection(columns: readonly SheetColumn[], isRaw: boolean): Projection {
  const texts = columns.flatMap((one, index) =>
    isCast(one) ? [sql`${outputOf(one.name)} AS ${textName(index)}`] : [],
  );
  const cells = columns.map((one, index) => sql`(${cell(one, index, isRaw)})`);
  const row = concatenated([sql`'<row>'`, ...cells, sql`'</row>'`]);
  // Every value becomes text once, though its cell names it several times.
  const select = texts.length > 0 ? sql`(SELECT ${row} FROM (SELECT ${Sql.join(texts)} OFFSET 0) AS "text")` : row;
  return { select, as: { kind: 'line' } };
}

const isCast = ({ family, isHarmless }: SheetColumn) => family === 'json' || (family === 'other' && !isHarmless);
/** The text by the type's own output function, where a cast may differ; a composite of nulls is none itself. */
const outputOf = (name: string) =>
  sql`CASE WHEN ${column(name)} IS DISTINCT FROM NULL THEN concat(${column(name)}) END`;
const textName = (index: number) => Sql.identifier(`c${index}`);

function cell(one: SheetColumn, index: number, isRaw: boolean): Sql {
  const value = column(one.name);
  const textual = { isGuarded: !isRaw, noteCut: one.noteCut };
  switch (one.family) {
    case 'text':
      return textCell(value, textual);
    case 'integer':
    case 'decimal':
    case 'float':
      return numberCell(value, one);
    case 'boolean':
      return booleanCell(value);
    case 'date':
      return dateCell(value);
    case 'timestamp':
    case 'timestamptz':
      return timestampCell(value, one.family, one.hasFractions ? STYLES.exactTime : STYLES.time);
    case 'json':
    case 'other':
      if (one.isHarmless) return sql`coalesce(${plainTextCell(sql`${value}::text`)}, '<c/>')`;
      return textCell(sql`"text".${textName(index)}`, textual);
  }
}

function booleanCell(value: Sql): Sql {
  const open = sql`<c s="${Sql.integer(STYLES.boolean)}" t="b">`;
  return sql`CASE WHEN ${value} THEN '${open}<v>1</v></c>' WHEN NOT ${value} THEN '${open}<v>0</v></c>' ELSE '<c/>' END`;
}

/** Joined as a tree: one after the other, each would copy all that came before it. */
function concatenated(pieces: readonly Sql[]): Sql {
  const [first = sql`''`] = pieces;
  if (pieces.length <= 1) return first;
  const middle = Math.ceil(pieces.length / 2);
  return sql`(${concatenated(pieces.slice(0, middle))} || ${concatenated(pieces.slice(middle))})`;
}
