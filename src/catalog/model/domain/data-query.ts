import { z } from 'zod';
import type { ExportDescription } from '../../../export';

export const DATA_EXPORT_TYPES = ['full', 'partial', 'realtime', 'bulk', 'user', 'scheduled'] as const;
export type DataExportType = (typeof DATA_EXPORT_TYPES)[number];

/**
 * What a query reads of the catalog: the rows that its data types give of one person, whole tables by their names, or the
 * document of one person that the platform has always had.
 */
export type DataScope = 'types' | 'tables' | 'document';

export const DEFAULT_TIME_ZONE = 'UTC';

/** The parameters of a data export. */
export const dataParams = z.object({
  type: z.enum(DATA_EXPORT_TYPES),
  /** Names or ids, for the scope `types`; empty for every active one. */
  dataTypes: z.array(z.string()).readonly(),
  /** For the scope `tables`. */
  tables: z.array(z.string()).readonly(),
  /** As the caller gave them. */
  filters: z.unknown().optional(),
  columns: z.unknown().optional(),
  /** The user whose rows are read; `null` for the rows of everybody, which only the scope `tables` reads. */
  subject: z.string().nullable(),
  /** The moment, by ISO 8601, that relative words of the filters mean; `null` for the moment of the snapshot. */
  asOf: z.string().nullable(),
  /** The IANA name of the time zone in which days begin and times are written. */
  timeZone: z.string(),
  /** The title of the file, where the content does not give it. */
  title: z.string().nullable(),
});
export type DataParams = z.infer<typeof dataParams>;

/** A query over the catalog: the same for the check of a request and for the worker that reads the rows. */
export interface DataQuery extends Omit<DataParams, 'type' | 'title'> {
  readonly scope: DataScope;
  /** The tenant whose rows are read; `null` for a platform without tenants. */
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
