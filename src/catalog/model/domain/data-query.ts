import { z } from 'zod';
import type { ExportDescription } from '../../../export';

export const DATA_EXPORT_TYPES = ['full', 'partial', 'realtime', 'bulk', 'user', 'scheduled'] as const;
export type DataExportType = (typeof DATA_EXPORT_TYPES)[number];

/**
 * What a query reads: `types`: one user's rows in data types; `tables`: whole tables by name;
 * `document`: the fixed sections of one user's document.
 */
export type DataScope = 'types' | 'tables' | 'document';

export const DEFAULT_TIME_ZONE = 'UTC';

/** The parameters of a data export. */
export const dataParams = z.object({
  type: z.enum(DATA_EXPORT_TYPES),
  /** Names or ids, for `types`. Empty means every active data type. */
  dataTypes: z.array(z.string()).readonly(),
  /** For `tables`. */
  tables: z.array(z.string()).readonly(),
  /** As the request gave them. */
  filters: z.unknown().optional(),
  columns: z.unknown().optional(),
  /** The user whose rows are read; `null` for all users, with `tables` only. */
  subject: z.string().nullable(),
  /** The `now` of relative filters, in ISO 8601; `null` means the moment of the snapshot. */
  asOf: z.string().nullable(),
  /** The IANA time zone in which days begin and times are written. */
  timeZone: z.string(),
  /** The title of the file; `null` to name it after its content. */
  title: z.string().nullable(),
});
export type DataParams = z.infer<typeof dataParams>;

/** A query of the catalog. The API authorizes it and a worker executes it. */
export interface DataQuery extends Omit<DataParams, 'type' | 'title'> {
  readonly scope: DataScope;
  /** Restricts the rows to a tenant; `null` on a platform without tenants. */
  readonly tenantId: string | null;
}

/** The scope of a request of this type that names these tables. */
export function scopeOf(type: DataExportType, tables: readonly string[]): DataScope {
  if (type === 'user') return 'document';
  return tables.length > 0 ? 'tables' : 'types';
}

interface Owner {
  readonly userId: string | null;
}

/** What the API shows of the parameters. */
export function describeData(
  { type, dataTypes, filters, tables, columns, subject, asOf, title }: DataParams,
  { userId }: Owner,
): Omit<ExportDescription, 'subject'> {
  const options = {
    ...(tables.length > 0 && { tables }),
    ...(columns !== undefined && { columns }),
    ...(subject !== null && subject !== userId && { user_id: subject }),
    ...(asOf !== null && { as_of: asOf }),
    ...(title !== null && { title }),
  };
  return { type, dataTypes, filters: filters ?? null, options };
}

/** The parameters of an export that was recorded by its description alone. */
export function recoverData(
  { type, dataTypes, filters, options }: Omit<ExportDescription, 'subject'>,
  { userId }: Owner,
): DataParams {
  const { tables, columns, user_id: subject, as_of: asOf, timezone, title } = options;
  const read = { type: type as DataExportType, tables: Array.isArray(tables) ? (tables as string[]) : [] };
  const isTables = scopeOf(read.type, read.tables) === 'tables';
  return {
    ...read,
    dataTypes: [...dataTypes],
    filters,
    columns,
    subject: isTables ? null : typeof subject === 'string' ? subject : userId,
    asOf: typeof asOf === 'string' ? asOf : null,
    timeZone: typeof timezone === 'string' ? timezone : DEFAULT_TIME_ZONE,
    title: typeof title === 'string' ? title : null,
  };
}
