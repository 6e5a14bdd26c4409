/** What an export reads. */
export const EXPORT_KINDS = ['board', 'data', 'event'] as const;
export type ExportKind = (typeof EXPORT_KINDS)[number];
