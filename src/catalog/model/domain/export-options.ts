import type { ExportFormat } from '../../../export';
import { DomainError, type FieldError } from '../../../platform/errors/domain-error';

export const DELIMITERS = [',', ';', '|', '\t'] as const;

/** What a caller may say of the file beyond its rows. */
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

/** @throws DomainError invalid when an option means nothing to the format, or names no time zone */
export function checkFileOptions(options: FileOptions, format: ExportFormat): void {
  const errors: FieldError[] = Object.entries(ONLY_FOR).flatMap(([option, formats]) => {
    if (options[option as keyof FileOptions] === undefined || formats.includes(format)) return [];
    return [{ field: `options.${option}`, message: `means nothing for ${format}; it is for ${formats.join(', ')}` }];
  });
  if (options.timezone !== undefined && !isTimeZone(options.timezone)) {
    errors.push({ field: 'options.timezone', message: 'must be the IANA name of a time zone, such as Europe/Kyiv' });
  }
  if (errors.length > 0) throw DomainError.invalid('invalid-request', 'The request is not valid', ...errors);
}

/** Names alone: PostgreSQL reads the sign of an offset the other way round. */
function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+)*$/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
