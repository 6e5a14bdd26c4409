import { z } from 'zod';
import { DIVISION_OPTIONS, divisionOf, type ExportDescription, findDivisionErrors } from '../../../export/sources';
import type { TablePlan } from './table-plan';
import type { NotifyInput } from '../../../delivery';
import {
  divisibleFormats,
  type ExportFormat,
  formatsOf,
  streamableFormatsOf,
  type ExportOptions,
  findOptionErrors,
  findSeveralTablesErrors,
  type TypeFamily,
} from '../../../formats';
import { isAdmin, requireAdmin } from '../../../platform/auth/admin';
import type { UserPrincipal } from '../../../platform/auth/principal';
import { DomainError, type FieldError } from '../../../platform/errors/domain-error';
import { TimeZone } from '../../../platform/time/time-zone';

/** The options of an export of rows: those of its format, and the time zone. */
export interface FileOptions extends ExportOptions {
  /** An IANA name. */
  readonly timezone?: unknown;
}

/** Frozen: the fingerprint of a request depends on this order. Options of further formats follow, sorted by name. */
const FIRST_OPTIONS = ['raw', 'bom', 'delimiter', 'timezone', 'compression'];

/** The options that are set, in the order of records. */
export function toFileOptions(given: ExportOptions): FileOptions {
  const names = new Set([...FIRST_OPTIONS, ...Object.keys(given).sort()]);
  const set = [...names].map((name) => [name, given[name]] as const).filter(([, value]) => value !== undefined);
  return Object.fromEntries(set);
}

/**
 * Finds unknown options, invalid values, and options that the format does not have.
 * @param format `null` if the format is invalid, too
 */
export function validateOptions(options: FileOptions, format: ExportFormat | null): FieldError[] {
  const errors = findOptionErrors(options, 'relations', format, ['timezone', ...DIVISION_OPTIONS]);
  errors.push(...findDivisionErrors(options), ...findFormatErrors(options, format));
  if (options.timezone !== undefined && !isTimeZone(options.timezone)) {
    errors.push({ field: 'timezone', message: 'must be the IANA name of a time zone, such as Europe/Kyiv' });
  }
  return errors.map(toOptionField);
}

export const DIVISIBLE_FORMATS = divisibleFormats();

function findFormatErrors(options: FileOptions, format: ExportFormat | null): FieldError[] {
  if (format === null || DIVISIBLE_FORMATS.includes(format)) return [];
  return divisionOptionsOf(options).map((field) => {
    return { field, message: `is not an option of ${format}, only of ${DIVISIBLE_FORMATS.join(', ')}` };
  });
}

function divisionOptionsOf(options: FileOptions): string[] {
  return DIVISION_OPTIONS.filter((name) => options[name] !== undefined);
}

/** Finds options that a response with rows cannot have. */
export function validateStreamOptions(options: FileOptions): FieldError[] {
  return divisionOptionsOf(options).map((name) => {
    return { field: `options.${name}`, message: 'must be missing for realtime: the rows are in the response' };
  });
}

/** Finds options that an export of these tables cannot have. */
export function validateTables(
  options: FileOptions,
  format: ExportFormat | null,
  plans: readonly TablePlan[],
): FieldError[] {
  const [plan] = plans;
  if (plans.length < 2) return plan ? findPartitionErrors(options, plan) : [];
  const errors = format === null ? [] : findSeveralTablesErrors(options, format);
  const message = 'must be missing for several tables. Export each of them separately';
  return [...errors, ...divisionOptionsOf(options).map((field) => ({ field, message }))].map(toOptionField);
}

/** Types whose values are equal if their texts are, or which PostgreSQL compares. */
const VALUE_FAMILIES: readonly TypeFamily[] = ['text', 'integer', 'decimal', 'boolean', 'date'];
const PERIOD_FAMILIES: readonly TypeFamily[] = ['date', 'timestamp', 'timestamptz'];

function findPartitionErrors(options: FileOptions, { table, columns }: TablePlan): FieldError[] {
  const partitionBy = divisionOf(options)?.partitionBy;
  if (!partitionBy) return [];
  const field = 'options.partition_by';
  const column = columns.find(({ name }) => name === partitionBy.column);
  if (!column) {
    const message = `must name one of the exported columns of ${JSON.stringify(table.name)}`;
    return [{ field: `${field}.column`, message, code: 'unknown-column' }];
  }
  const { family, type } = column;
  const isUuid = family === 'other' && type.name === 'uuid';
  const isAllowed =
    partitionBy.unit === 'value' ? isUuid || VALUE_FAMILIES.includes(family) : PERIOD_FAMILIES.includes(family);
  if (isAllowed) return [];
  return [{ field: `${field}.unit`, message: `is not possible for the type ${type.name} of the column` }];
}

export function isTimeZone(name: unknown): name is string {
  return typeof name === 'string' && TimeZone.find(name) !== null;
}

function toOptionField(error: FieldError): FieldError {
  return { ...error, field: `options.${error.field}` };
}

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
