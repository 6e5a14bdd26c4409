import type { ExportFormat, ExportOptions } from '../../../formats';

export const RESULTS_FORMATS = ['csv', 'xlsx', 'json', 'pdf'] as const satisfies readonly ExportFormat[];
export type ResultsFormat = (typeof RESULTS_FORMATS)[number];

export const DEFAULT_RESULTS_FORMAT: ResultsFormat = 'csv';

/** What stands at the head of a column. */
export const HEADERS = ['labels', 'keys', 'both'] as const;
export const DELIMITERS = [',', ';', '|', '\t'] as const;
export const PAGE_SIZES = ['a4', 'letter'] as const;
export const ORIENTATIONS = ['auto', 'portrait', 'landscape'] as const;
export const COMPRESSIONS = ['gzip'] as const;

/** What is meant where nothing is said. */
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
 * Those of the options that change the file, sorted by name: whoever spells out a default, or writes them in another order,
 * asks for the same. `null` is as good as nothing.
 */
export function withoutDefaultOptions(options: object): ExportOptions {
  const defaults = new Map<string, unknown>(Object.entries(DEFAULT_OPTIONS));
  const given: [string, unknown][] = Object.entries(options);
  const changing = given.filter(([name, value]) => value != null && value !== defaults.get(name));
  return Object.fromEntries(changing.sort(([one], [other]) => (one < other ? -1 : 1)));
}
