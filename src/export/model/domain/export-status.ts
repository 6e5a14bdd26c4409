export const EXPORT_STATUSES = ['pending', 'processing', 'completed', 'failed', 'cancelled', 'expired'] as const;
export type ExportStatus = (typeof EXPORT_STATUSES)[number];

/**
 * The life cycle of an export. `processing → pending` is an attempt that ended without a result, and is followed by
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

/** The states from which an export may change to `status`. */
export function statusesBefore(status: ExportStatus): ExportStatus[] {
  return EXPORT_STATUSES.filter((from) => NEXT[from].includes(status));
}

/** Whether the work on the file has ended. */
export function isFinished(status: ExportStatus): boolean {
  return !NEXT[status].includes('cancelled');
}
