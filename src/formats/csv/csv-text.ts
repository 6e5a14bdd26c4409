import type { ExportWarning } from '../warning';
import { type Sql, sql } from '../../platform/database/sql';
import type { Column } from '../relation';
import { column } from '../column';
import { neutralised, neutralisedName } from '../formula-guard';
import type { RelationOptions } from '../relation-options';

/** A column's value as a field: PostgreSQL's CSV then tells nulls from empty texts and quotes what has to be. */
export function csvField({ name, family }: Column, { raw }: RelationOptions): Sql {
  // What COPY itself makes of a boolean, `t` or `f`, few programs take for one.
  if (family === 'boolean') return sql`${column(name)}::text`;
  return family === 'text' && !raw ? neutralised(column(name)) : column(name);
}

/** The first line of a file: the columns' names, after the mark by which Excel knows UTF-8 where that is wanted. */
export function csvHeader(names: readonly string[], { raw, bom, delimiter }: RelationOptions): Buffer {
  const fields = names.map((name) => csvQuoted(raw ? name : neutralisedName(name), delimiter));
  return Buffer.from(`${bom ? '\ufeff' : ''}${fields.join(delimiter)}\n`);
}

/** By RFC 4180: quoted where a reader could take it for more than one field. */
function csvQuoted(field: string, delimiter: string): string {
  return /["\r\n]/.test(field) || field.includes(delimiter) ? `"${field.replaceAll('"', '""')}"` : field;
}

/** What is to be said of a table of one column: RFC 4180 knows no other way to write a record whose only field is a null. */
export function blankLines(table: string): ExportWarning {
  const text = `In ${table}, which has one column only, a null is an empty line; some readers skip these.`;
  return { code: 'null-as-empty-line', text };
}
