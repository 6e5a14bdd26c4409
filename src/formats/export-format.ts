/** What a file can be. */
export const EXPORT_FORMATS = ['png', 'pdf', 'json', 'ndjson', 'csv', 'xlsx', 'xml'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];
