import type { ExportFormat } from '../../../formats';
import type { FieldError } from '../../../platform/errors/domain-error';
import type { FieldCode } from '../../../platform/errors/problem-codes';
import { TimeZone } from '../../../platform/time/time-zone';

export const DELIMITERS = [',', ';', '|', '\t'] as const;

/** The options of a file of rows. */
export interface FileOptions {
  readonly raw?: boolean;
  readonly bom?: boolean;
  readonly delimiter?: string;
  /** An IANA name. */
  readonly timezone?: string;
  readonly compression?: 'gzip';
}

const ONLY_FOR: Readonly<Partial<Record<keyof FileOptions, readonly ExportFormat[]>>> = {
  raw: ['csv', 'xlsx'],
  bom: ['csv'],
  delimiter: ['csv'],
  compression: ['csv', 'json', 'ndjson', 'xml'],
};

const KNOWN: Readonly<
  Record<keyof FileOptions, { readonly allows: (value: unknown) => boolean; readonly must: string }>
> = {
  raw: { allows: isBoolean, must: 'must be true or false' },
  bom: { allows: isBoolean, must: 'must be true or false' },
  delimiter: {
    allows: (value) => DELIMITERS.some((delimiter) => delimiter === value),
    must: `must be one of ${DELIMITERS.map((delimiter) => JSON.stringify(delimiter)).join(' ')}`,
  },
  timezone: { allows: isTimeZone, must: 'must be the IANA name of a time zone, such as Europe/Kyiv' },
  compression: { allows: (value) => value === 'gzip', must: 'must be gzip' },
};

/**
 * Finds unknown options, invalid values, and options that the format does not have.
 * @param format `null` if the format is invalid, too
 */
export function validateOptions(options: FileOptions, format: ExportFormat | null): FieldError[] {
  return Object.entries(options).flatMap(([option, value]: [string, unknown]) => {
    const error = (message: string, code: FieldCode = 'invalid') => [{ field: `options.${option}`, message, code }];
    if (value === undefined) return [];
    if (!isKnown(option))
      return error(`is not an option. The options are ${Object.keys(KNOWN).join(', ')}`, 'unknown-option');
    if (!KNOWN[option].allows(value)) return error(KNOWN[option].must);
    const formats = ONLY_FOR[option];
    if (!formats || format === null || formats.includes(format)) return [];
    return error(`is not supported for ${format}, only for ${formats.join(', ')}`);
  });
}

/** CSV files of several tables are in a zip, which is compressed already. */
export function validateCompression(
  { compression }: FileOptions,
  format: ExportFormat | null,
  tables: number,
): FieldError[] {
  if (compression === undefined || format !== 'csv' || tables < 2) return [];
  return [
    {
      field: 'options.compression',
      message: 'must be missing for several tables: they are in a zip, which is compressed already',
    },
  ];
}

export function isTimeZone(name: unknown): name is string {
  return typeof name === 'string' && TimeZone.find(name) !== null;
}

function isKnown(option: string): option is keyof FileOptions {
  return Object.hasOwn(KNOWN, option);
}

function isBoolean(value: unknown): boolean {
  return typeof value === 'boolean';
}
