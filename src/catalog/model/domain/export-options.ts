import { type ExportFormat, type ExportOptions, findOptionErrors, findSeveralTablesErrors } from '../../../formats';
import type { FieldError } from '../../../platform/errors/domain-error';
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
  const errors = findOptionErrors(options, 'relations', format, ['timezone']);
  if (options.timezone !== undefined && !isTimeZone(options.timezone)) {
    errors.push({ field: 'timezone', message: 'must be the IANA name of a time zone, such as Europe/Kyiv' });
  }
  return errors.map(toOptionField);
}

/** Finds options that a file of several tables cannot have. */
export function validateCompression(options: FileOptions, format: ExportFormat | null, tables: number): FieldError[] {
  return format === null || tables < 2 ? [] : findSeveralTablesErrors(options, format).map(toOptionField);
}

export function isTimeZone(name: unknown): name is string {
  return typeof name === 'string' && TimeZone.find(name) !== null;
}

function toOptionField(error: FieldError): FieldError {
  return { ...error, field: `options.${error.field}` };
}
