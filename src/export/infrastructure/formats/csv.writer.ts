import { Injectable } from '@nestjs/common';
import { Sql } from '../../../platform/postgres/sql';
import type { ExportOptions } from '../../model/domain/export';
import { FormatWriter, type RenderedFile, type ReportProgress } from '../../model/domain/format-writer';
import type { Column, Projection, Relation, Relations } from '../../model/domain/relation';
import { column } from './column';
import { compressed } from './compression';
import { neutralised, neutralisedName } from './formula-guard';
import { type RelationOptions, relationOptions } from './relation-options';
import { RowTally } from './row-tally';
import { tableArchive } from './table-archive';

/** One table is one CSV; several are a zip with a CSV each and a manifest. */
@Injectable()
export class CsvWriter extends FormatWriter<'relations'> {
  override readonly format = 'csv';
  override readonly writes = 'relations';

  override write(content: Relations, given: ExportOptions, report: ReportProgress): RenderedFile {
    const options = relationOptions(given);
    const tally = new RowTally(content.relations, report);
    const summary = () => ({
      pageCount: null,
      recordCount: tally.recordCount,
      warnings: [...content.warnings, ...content.relations.flatMap(blankLineWarning)],
    });
    const [only] = content.relations;
    if (only && content.relations.length === 1) {
      const file = { extension: 'csv', contentType: 'text/csv; charset=utf-8', body: csvOf(only, options, tally) };
      return { ...compressed(file, options), summary };
    }
    return { ...tableArchive(content, 'csv', tally, (relation) => csvOf(relation, options, tally)), summary };
  }
}

async function* csvOf(relation: Relation, options: RelationOptions, tally: RowTally): AsyncGenerator<Uint8Array> {
  const names = relation.columns.map(({ name }) => (options.raw ? name : neutralisedName(name)));
  yield Buffer.from((options.bom ? '\ufeff' : '') + csvLine(names, options.delimiter));
  yield* tally.render(relation, csvProjection(relation.columns, options));
}

function csvProjection(columns: readonly Column[], { raw, delimiter }: RelationOptions): Projection {
  const cells = columns.map(({ name, family }) =>
    family === 'text' && !raw ? neutralised(column(name)) : column(name),
  );
  return { select: Sql.join(cells), as: { kind: 'csv', delimiter } };
}

/** A line by RFC 4180, of names: quoted where a reader could take it for more than one field. */
export function csvLine(fields: readonly string[], delimiter: string): string {
  const quoted = fields.map((field) =>
    field === '' || /["\r\n]/.test(field) || field.includes(delimiter) ? `"${field.replaceAll('"', '""')}"` : field,
  );
  return `${quoted.join(delimiter)}\n`;
}

/** RFC 4180 knows no other way to write a record whose only field is empty and not quoted. */
function blankLineWarning({ name, columns }: Relation): string[] {
  if (columns.length !== 1) return [];
  return [`In ${name}, which has one column only, a null is an empty line; some readers skip these.`];
}
