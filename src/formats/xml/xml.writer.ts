import { Sql, sql } from '../../platform/database/sql';
import type { Column, Projection, Relation, Relations } from '../relation';
import { column } from '../column';
import type { RowTally } from '../row-progress';
import { TextWriter } from '../text.writer';
import { xmlName } from './xml-name';
import { xmlAttribute, XmlText } from './xml-text';

/** One element a table, a row and a column; a null is an element that says so. */
export class XmlWriter extends TextWriter {
  override readonly format = 'xml';
  protected override readonly contentType = 'application/xml';

  protected override textOf(content: Relations, tally: RowTally): AsyncIterable<Uint8Array> {
    return documentOf(content, tally);
  }
}

async function* documentOf(content: Relations, tally: RowTally): AsyncGenerator<Uint8Array> {
  const { takenAt, userId, relations } = content;
  const text = new XmlText((await content.setting('server_encoding')) ?? 'UTF8');
  const user = userId === null ? '' : ` userId="${xmlAttribute(userId)}"`;
  yield Buffer.from(
    '<?xml version="1.0" encoding="UTF-8"?>\n' +
      `<export xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" exportDate="${xmlAttribute(takenAt)}"${user}>\n`,
  );
  for (const relation of relations) {
    yield Buffer.from(`<table name="${xmlAttribute(relation.name)}" section="${xmlAttribute(relation.section)}">\n`);
    yield* tally.render(relation, rowElement(relation, text));
    yield Buffer.from('</table>\n');
  }
  yield Buffer.from('</export>\n');
}

function rowElement({ columns }: Relation, text: XmlText): Projection {
  const elements = columns.map((each) => element(each, text));
  return { select: concatenated([sql`'<row>'`, ...elements, sql`'</row>'`]), as: { kind: 'line' } };
}

function element({ name, family }: Column, text: XmlText): Sql {
  const tag = xmlName(name);
  const content = elementText(column(name), family, text);
  const filled = sql`${Sql.literal(`<${tag}>`)} || ${content} || ${Sql.literal(`</${tag}>`)}`;
  return sql`coalesce(${filled}, ${Sql.literal(`<${tag} xsi:nil="true"/>`)})`;
}

function elementText(value: Sql, family: Column['family'], text: XmlText): Sql {
  switch (family) {
    case 'integer':
    case 'decimal':
    case 'float':
    case 'boolean':
      return sql`${value}::text`;
    case 'date':
    case 'timestamp':
    case 'timestamptz':
      // As XML Schema wants it, with a T and a whole offset; what has no such form, an infinite date too, stays a text.
      return sql`btrim(to_json(${value})::text, '"')`;
    case 'text':
      return sql`(${text.escaped(value)})`;
    case 'json':
    case 'other':
      // Some types have a cast to text that says something else than their own text, which concat takes.
      return sql`(${text.escaped(sql`CASE WHEN ${value} IS DISTINCT FROM NULL THEN concat(${value}) END`)})`;
  }
}

/** Halves joined with halves: from left to right each step would copy the whole row up to there. */
function concatenated(pieces: readonly Sql[]): Sql {
  const [first, second] = pieces;
  if (first && !second) return first;
  const middle = Math.ceil(pieces.length / 2);
  return sql`(${concatenated(pieces.slice(0, middle))} || ${concatenated(pieces.slice(middle))})`;
}
