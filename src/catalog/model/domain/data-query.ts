import type { Export } from '../../../export';

export const DATA_EXPORT_TYPES = ['full', 'partial', 'realtime', 'bulk', 'user', 'scheduled'] as const;
export type DataExportType = (typeof DATA_EXPORT_TYPES)[number];

/**
 * What of the catalog a query reads: what its data types give of one person's rows, whole tables by their names, or the
 * document of one person that the platform has always had.
 */
export type DataScope = 'types' | 'tables' | 'document';

/** What a data export reads: the same for whoever grants it and for the worker that carries it out. */
export interface DataQuery {
  readonly scope: DataScope;
  /** Names or ids, for `types`; every active one when there are none. */
  readonly dataTypes: readonly string[];
  /** For `tables`. */
  readonly tables: readonly string[];
  /** As they were given. */
  readonly filters: unknown;
  readonly columns: unknown;
  /** Whose rows they are; `null` for everybody's, which are read by `tables` alone. */
  readonly subject: string | null;
  /** Confines the rows; `null` for a platform without tenants. */
  readonly tenantId: string | null;
  /** What relative words of the filters mean: a moment, by ISO 8601; the one of the snapshot where it is `null`. */
  readonly asOf: string | null;
  /** In which days begin and times are written, by its IANA name. */
  readonly timeZone: string;
}

/** The scope of a request of this type that names these tables. */
export function scopeOf(type: DataExportType, tables: readonly string[]): DataScope {
  if (type === 'user') return 'document';
  return tables.length > 0 ? 'tables' : 'types';
}

/** What is kept of a query among an export's options. */
export function optionsOf({ tables, columns, subject }: DataQuery, userId: string): Record<string, unknown> {
  return {
    ...(tables.length > 0 && { tables }),
    ...(columns !== undefined && { columns }),
    ...(subject !== null && subject !== userId && { user_id: subject }),
  };
}

/** The query of an export that was recorded with `optionsOf`. */
export function queryOf({ type, dataTypes, filters, options, userId, tenantId }: Export): DataQuery {
  const { columns, user_id: subject, as_of: asOf, timezone } = options;
  const tables = Array.isArray(options['tables']) ? (options['tables'] as string[]) : [];
  const scope = scopeOf(type as DataExportType, tables);
  return {
    scope,
    dataTypes,
    tables,
    filters,
    columns,
    subject: scope === 'tables' ? null : typeof subject === 'string' ? subject : userId,
    tenantId,
    asOf: typeof asOf === 'string' ? asOf : null,
    timeZone: typeof timezone === 'string' ? timezone : DEFAULT_TIME_ZONE,
  };
}

export const DEFAULT_TIME_ZONE = 'UTC';
