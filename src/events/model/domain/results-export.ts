import type { ExportFormat } from '../../../export';

export const RESULTS_FORMATS = ['csv', 'xlsx', 'json', 'pdf'] as const satisfies readonly ExportFormat[];
export type ResultsFormat = (typeof RESULTS_FORMATS)[number];

export const DEFAULT_RESULTS_FORMAT: ResultsFormat = 'csv';

/** What stands at the head of a column. */
export const HEADERS = ['labels', 'keys', 'both'] as const;
export const DELIMITERS = [',', ';', '|', '\t'] as const;
export const PAGE_SIZES = ['a4', 'letter'] as const;
export const ORIENTATIONS = ['auto', 'portrait', 'landscape'] as const;
export const COMPRESSIONS = ['gzip'] as const;
