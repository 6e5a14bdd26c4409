import type { Export } from '../../../export';

export const DATA_EXPORT_TYPES = ['full', 'partial', 'realtime', 'bulk', 'user'] as const;
export type DataExportType = (typeof DATA_EXPORT_TYPES)[number];

/** What a data export reads: the same for whoever grants it and for the worker that carries it out. */
export interface DataQuery {
  readonly type: DataExportType;
  /** Names or ids; every active one when there are none. Not for `bulk` and `user`. */
  readonly dataTypes: readonly string[];
  /** For `bulk`. */
  readonly tables: readonly string[];
  /** As they were given. */
  readonly filters: unknown;
  readonly columns: unknown;
  /** Whose rows they are; `null` for everybody's. */
  readonly subject: string | null;
  /** Confines the rows; `null` for a platform without tenants. */
  readonly tenantId: string | null;
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
  const { tables, columns, user_id: subject } = options;
  return {
    type: type as DataExportType,
    dataTypes,
    tables: Array.isArray(tables) ? (tables as string[]) : [],
    filters,
    columns,
    subject: type === 'bulk' ? null : typeof subject === 'string' ? subject : userId,
    tenantId,
  };
}
