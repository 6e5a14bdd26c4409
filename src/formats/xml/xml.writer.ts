import { Sql, sql } from '../../platform/database/sql';
import type { Column, Projection, Relation, Relations } from '../content';
import type { RowWeight } from '../forecast';
import { type ExportOptions, type FormatOptions, readOptions } from '../options';
import { RelationProgress } from '../row-progress';
import { columnRef, concatenate, hasPlainText, isJsonb } from '../row-sql';
import { COMPRESSION, toTextFile } from '../text-file';
import { FormatWriter, type RenderedFile, type ReportProgress } from '../writer';
import { toAttribute, toElementName, XmlText } from './xml-text';

const XML_OPTIONS = { compression: COMPRESSION } as const satisfies FormatOptions;

/** A tag before and after each value. */
const XML_ROWS: RowWeight = { bytesPerTable: 200, bytesPerCell: 5.5, namesPerRow: 2, secondsPerRow: 1.5e-5 };

/** An element per table, row and column; a null is an element with `xsi:nil`. */
export class XmlWriter extends FormatWriter<'relations'> {
  override readonly format = 'xml' as const;
  override readonly contentType = 'application/xml';
  override readonly accepts = ['relations'] as const;
  override readonly isStreamable = true;
  override readonly options = XML_OPTIONS;

  protected override weigh(): RowWeight {
    return XML_ROWS;
  }

  override write(content: Relations, given: ExportOptions, report: ReportProgress): RenderedFile {
    const { compression } = readOptions(XML_OPTIONS, given);
    const progress = new RelationProgress(content.relations, report);
    return toTextFile(this, {
      body: toDocument(content, progress),
      compression,
      progress,
      warnings: content.warnings,
    });
  }
}

async function* toDocument(content: Relations, progress: RelationProgress): AsyncGenerator<Uint8Array> {
  const { takenAt, userId, relations } = content;
  const text = new XmlText((await content.setting('server_encoding')) ?? 'UTF8');
  const user = userId === null ? '' : ` userId="${toAttribute(userId)}"`;
  yield Buffer.from(
    '<?xml version="1.0" encoding="UTF-8"?>\n' +
      `<export xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" exportDate="${toAttribute(takenAt)}"${user}>\n`,
  );
  for (const relation of relations) {
    yield Buffer.from(`<table name="${toAttribute(relation.name)}" section="${toAttribute(relation.section)}">\n`);
    yield* progress.render(relation, toRowElement(relation, text));
    yield Buffer.from('</table>\n');
  }
  yield Buffer.from('</export>\n');
}

function toRowElement({ columns }: Relation, text: XmlText): Projection {
  const elements = columns.map((column) => toElement(column, text));
  return { select: concatenate([sql`'<row>'`, ...elements, Sql.literal('</row>\n')]), as: { kind: 'line' } };
}

function toElement(column: Column, text: XmlText): Sql {
  const tag = toElementName(column.name);
  const content = toElementContent(column, text);
  const filled = sql`${Sql.literal(`<${tag}>`)} || ${content} || ${Sql.literal(`</${tag}>`)}`;
  return sql`coalesce(${filled}, ${Sql.literal(`<${tag} xsi:nil="true"/>`)})`;
}

function toElementContent(column: Column, text: XmlText): Sql {
  const value = columnRef(column.name);
  switch (column.family) {
    case 'integer':
    case 'decimal':
    case 'float':
    case 'boolean':
      return sql`${value}::text`;
    case 'date':
    case 'timestamp':
    case 'timestamptz':
      // XML Schema requires a T and a full offset. Values without such a form, such as infinity, stay as text.
      return sql`replace(to_json(${value})::text, '"', '')`;
    case 'text':
      return sql`(${text.escaped(value)})`;
    case 'json':
    case 'other':
      if (hasPlainText(column)) return sql`${value}::text`;
      if (isJsonb(column)) return text.escapedJsonb(value);
      // concat uses the output function of a type; a cast to text may differ from it.
      return sql`(${text.escaped(sql`CASE WHEN ${value} IS DISTINCT FROM NULL THEN concat(${value}) END`)})`;
  }
}
