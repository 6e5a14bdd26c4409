import type { ExportOptions } from './writer';

/** What tabular formats may be told; whoever takes the request has checked it. */
export interface RelationOptions {
  /** Leave texts as they are that a spreadsheet would run as a formula. */
  readonly raw: boolean;
  /** Begin a CSV with a byte order mark, by which Excel knows UTF-8. */
  readonly bom: boolean;
  readonly delimiter: string;
  readonly gzip: boolean;
}

export function relationOptions(options: ExportOptions): RelationOptions {
  const { raw, bom, delimiter, compression } = options;
  return {
    raw: raw === true,
    bom: bom === true,
    delimiter: typeof delimiter === 'string' ? delimiter : ',',
    gzip: compression === 'gzip',
  };
}
