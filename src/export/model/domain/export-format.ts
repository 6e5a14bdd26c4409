export const EXPORT_FORMATS = ['png', 'pdf', 'json'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export const EXPORT_KINDS = ['board'] as const;
export type ExportKind = (typeof EXPORT_KINDS)[number];
