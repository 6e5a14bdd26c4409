export const EXPORT_FORMATS = ['png', 'pdf', 'json', 'ndjson', 'csv', 'xlsx', 'xml'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export const EXPORT_KINDS = ['board', 'data', 'event'] as const;
export type ExportKind = (typeof EXPORT_KINDS)[number];
