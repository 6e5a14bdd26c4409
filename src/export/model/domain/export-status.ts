export const EXPORT_STATUSES = ['pending', 'processing', 'completed', 'failed', 'cancelled', 'expired'] as const;
export type ExportStatus = (typeof EXPORT_STATUSES)[number];

/**
 * The life of an export. `processing → pending` is an attempt that ended without a verdict, and will be followed by
 * another.
 */
const NEXT: Readonly<Record<ExportStatus, readonly ExportStatus[]>> = {
  pending: ['processing', 'completed', 'failed', 'cancelled'],
  processing: ['pending', 'completed', 'failed', 'cancelled'],
  completed: ['expired'],
  failed: [],
  cancelled: [],
  expired: [],
};

/** The states out of which an export may come into `status`. */
export function statusesBefore(status: ExportStatus): ExportStatus[] {
  return EXPORT_STATUSES.filter((from) => NEXT[from].includes(status));
}

/** Whether nothing more will be done for the export's file. */
export function isFinished(status: ExportStatus): boolean {
  return !NEXT[status].includes('cancelled');
}
