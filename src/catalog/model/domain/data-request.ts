import type { NotifyInput } from '../../../delivery';
import { type ExportFormat, formatsOf, streamableFormatsOf } from '../../../formats';
import { isAdmin, requireAdmin } from '../../../platform/auth/admin';
import type { UserPrincipal } from '../../../platform/auth/principal';
import { DomainError, type FieldError } from '../../../platform/errors/domain-error';
import { type DataExportType, type DataQuery, scopeOf, DEFAULT_TIME_ZONE } from './data-query';
import { type FileOptions, isTimeZone } from './export-options';

export const TABLE_FORMATS = formatsOf('relations');
/** Formats of responses that stream rows, with their media types. */
export const STREAMS = streamableFormatsOf('relations');
/** Formats of the document of one user. */
export const USER_FORMATS = formatsOf('sections');

/** A request for rows whose form is valid. Nothing else has been checked. */
export interface DataRequest {
  readonly type: Exclude<DataExportType, 'user'>;
  readonly format: unknown;
  /**
   * The user whose rows are requested. The default is the caller; only administrators may name
   * another user.
   */
  readonly userId?: string;
  readonly dataTypes?: readonly string[];
  /** Whole tables, for administrators only. */
  readonly tables?: readonly string[];
  readonly filters?: unknown;
  readonly columns?: unknown;
  readonly options: FileOptions;
  /** Who is notified when the file is ready. The default is the caller; `false` means nobody. */
  readonly notify?: NotifyInput | false;
  /** How long the file is kept. The default is the configured retention. */
  readonly retentionSeconds?: number | null;
}

/**
 * Turns a request into a query that the caller may make.
 * @throws DomainError forbidden
 */
export function toDataQuery(caller: UserPrincipal, request: DataRequest): DataQuery {
  const { type, userId = caller.userId, dataTypes = [], tables = [], filters, columns, options } = request;
  const scope = scopeOf(type, tables);
  if (scope === 'tables') requireAdmin(caller);
  else requireAccessTo(caller, userId);
  const subject = scope === 'tables' ? null : userId;
  const timeZone = isTimeZone(options.timezone) ? options.timezone : DEFAULT_TIME_ZONE;
  return { scope, dataTypes, tables, filters, columns, subject, tenantId: caller.tenantId, asOf: null, timeZone };
}

/** Checks a request on its own, without the catalog and the database. */
export function validateRequest({ type, dataTypes = [], tables = [] }: DataRequest): FieldError[] {
  const error = (field: string, message: string) => [{ field, message }];
  if (tables.length > 0 && dataTypes.length > 0) {
    return error('data_types', 'must be missing if tables are given: tables are exported whole');
  }
  if (type === 'full' && dataTypes.length > 0) {
    return error(
      'data_types',
      'must be missing for full, which exports every data type. Use partial to choose data types',
    );
  }
  if (type === 'partial' && dataTypes.length === 0) return error('data_types', 'must name at least one data type');
  return tables.flatMap((table, index) =>
    tables.indexOf(table) < index ? error(`tables.${index}`, `${JSON.stringify(table)} is listed twice`) : [],
  );
}

/** @returns whether the user is the caller @throws DomainError forbidden */
export function requireAccessTo(caller: UserPrincipal, userId: string): boolean {
  if (caller.userId === userId) return true;
  if (isAdmin(caller)) return false;
  throw new DomainError('forbidden', 'insufficient-permissions', 'Insufficient permissions');
}

/** @throws DomainError invalid */
export function parseFormat(format: unknown, formats: readonly ExportFormat[]): ExportFormat {
  const known = formats.find((candidate) => candidate === format);
  if (known) return known;
  const message = `must be one of ${formats.join(', ')}`;
  throw DomainError.invalid('invalid-format', 'Invalid format', { field: 'format', message });
}
