import type { ExportFormat, ExportOptions } from '../../../formats';

export const RESULTS_FORMATS = ['csv', 'xlsx', 'json', 'pdf'] as const satisfies readonly ExportFormat[];
export type ResultsFormat = (typeof RESULTS_FORMATS)[number];

export const DEFAULT_RESULTS_FORMAT: ResultsFormat = 'csv';

/** The headers of columns. */
export const HEADERS = ['labels', 'keys', 'both'] as const;
export const DELIMITERS = [',', ';', '|', '\t'] as const;
export const PAGE_SIZES = ['a4', 'letter'] as const;
export const ORIENTATIONS = ['auto', 'portrait', 'landscape'] as const;
export const COMPRESSIONS = ['gzip'] as const;

/** The defaults of options. */
export const DEFAULT_OPTIONS = {
  header: 'labels',
  points: false,
  raw: false,
  bom: false,
  delimiter: ',',
  page_size: 'a4',
  orientation: 'auto',
} as const;

/**
 * Removes options that are `null` or have their default, and sorts the rest by name. Requests that
 * mean the same have the same fingerprint.
 */
export function withoutDefaultOptions(options: object): ExportOptions {
  const defaults = new Map<string, unknown>(Object.entries(DEFAULT_OPTIONS));
  const given: [string, unknown][] = Object.entries(options);
  const changed = given.filter(([name, value]) => value != null && value !== defaults.get(name));
  return Object.fromEntries(changed.sort(([one], [other]) => (one < other ? -1 : 1)));
}
