import { Sql, sql } from '../../platform/database/sql';
import type { Column, Relation } from '../relation';
import { column } from '../column';
import { columnWidth, WIDEST } from './column-width';
import type { CutCells } from './cut-cells';

/** What is known of a column when its cells are rendered. */
export interface SheetColumn extends Column {
  /** In characters. */
  readonly width: number;
  /** Whether its texts never need care, as those of a uuid. */
  readonly isHarmless: boolean;
  /** Whether its times show fractions of a second. */
  readonly hasFractions: boolean;
  /** True, after it has noted that a cell of the column was cut. */
  readonly noteCut: Sql;
}

const SAMPLED_ROWS = 200;

/** Looks at the first rows for what the cells of each column want. */
export async function sheetColumns(relation: Relation, cuts: CutCells): Promise<SheetColumn[]> {
  const values = await relation.sample(
    relation.columns.flatMap((one) => [longest(one), peculiarity(one)]),
    SAMPLED_ROWS,
  );
  return relation.columns.map((one, index) => {
    const isSo = values[2 * index + 1] === 'true';
    return {
      ...one,
      width: widthOf(one, Number(values[2 * index] ?? 0)),
      isHarmless: one.family === 'other' && isSo,
      hasFractions: one.family !== 'other' && isSo,
      noteCut: cuts.note(relation, index),
    };
  });
}

/** How many characters the longest value takes up; wide ones, which have more bytes, count for more. */
function longest({ name, family }: Column): Sql {
  if (family === 'date' || family === 'timestamp' || family === 'timestamptz' || family === 'boolean') return sql`NULL`;
  const text = sql`left(concat(${column(name)}), ${Sql.integer(WIDEST)})`;
  return sql`max(length(${text}) + (octet_length(${text}) - length(${text})) / 4)`;
}

/** What else decides how a cell is written. */
function peculiarity({ name, family }: Column): Sql {
  const value = column(name);
  if (family === 'timestamp' || family === 'timestamptz')
    return sql`bool_or(${value} <> date_trunc('second', ${value}))`;
  if (family === 'other') return sql`bool_and(pg_typeof(${value}) = ANY ('{uuid,time}'::regtype[]))`;
  return sql`NULL`;
}

function widthOf({ name, family }: Column, longest: number): number {
  const byType = { date: 10, timestamp: 19, timestamptz: 19, boolean: 5 } as Partial<Record<Column['family'], number>>;
  return columnWidth(name.length, byType[family] ?? longest);
}
