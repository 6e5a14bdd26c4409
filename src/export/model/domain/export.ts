import type { FailureCode } from './failure-codes';
import type { PlannedDelivery } from '../../../platform/outbox/planned-delivery';
import type { ExportFormat, ExportOptions, ExportWarning, Progress } from '../../../formats';
import type { ExportEstimate } from './export-estimate';
import type { ExportKind } from './export-kind';
import type { ExportStatus } from './export-status';
import { type CustomerPrincipal, isCustomer, type Principal, type Person } from '../../../platform/auth/principal';

/** The owners of a record: a person, an external system, or both, when the system acts for the person. */
export interface RecordOwner {
  readonly userId: string | null;
  readonly tenantId: string | null;
  readonly customerId: string | null;
}

/** The owner of a record that a principal requests for itself. */
export function ownerOf(principal: Principal): RecordOwner {
  const { tenantId } = principal;
  return isCustomer(principal)
    ? { userId: null, tenantId, customerId: principal.customerId }
    : { userId: principal.userId, tenantId, customerId: null };
}

/** Which of the owners requested a record. */
export type Requester = 'user' | 'customer';

export function requesterOf(principal: Principal): Requester {
  return isCustomer(principal) ? 'customer' : 'user';
}

/** The account that a record counts on: that of its requester. */
export function accountOf({
  userId,
  tenantId,
  customerId,
  requestedBy,
}: RecordOwner & { readonly requestedBy: Requester }): Principal {
  if (requestedBy === 'customer' && customerId !== null) return { customerId, tenantId } satisfies CustomerPrincipal;
  if (userId === null) throw new Error('A record is requested by one of its owners');
  return { userId, tenantId } satisfies Person;
}

/** Why an export failed: a message for the user, and its stable code. */
export interface ExportFailure {
  readonly code: FailureCode;
  readonly reason: string;
}

/** The file of a completed export in the storage. */
export interface StoredObject {
  readonly key: string;
  readonly contentType: string;
}

/** What the API shows of the request. `null` or empty where the kind has no such thing. */
export interface ExportDescription {
  /** The id of the thing that is exported: a board session, an event. */
  readonly subject: string | null;
  readonly type: string | null;
  readonly dataTypes: readonly string[];
  readonly filters: unknown;
  /** The options of the format, and what else the source shows here. */
  readonly options: ExportOptions;
}

/**
 * One requested file: a snapshot of its record. It never changes in memory. Each change is one conditional statement of a
 * repository, so that no two processes can both believe they made it.
 */
export interface Export extends RecordOwner, ExportDescription {
  readonly id: string;
  /** Which of its owners requested it. */
  readonly requestedBy: Requester;
  readonly kind: ExportKind;
  /** The source's parameters as JSON; `null` in records of release 0.1.0. */
  readonly params: unknown;
  readonly format: ExportFormat;
  readonly status: ExportStatus;
  /** The schedule that this export is a run of. */
  readonly scheduleId: string | null;
  /** The messages to send when it completes or fails. */
  readonly deliveries: readonly PlannedDelivery[];
  readonly oneTime: boolean;
  /** Whether it takes one of the slots for large exports. */
  readonly isLarge: boolean;
  /** Its bytes were sent in the response to its request: no file is kept. */
  readonly streamed: boolean;
  readonly requestId: string;
  readonly progress: Progress;
  /** `null` if it was not estimated. */
  readonly estimate: ExportEstimate | null;
  /** Set while the export is completed. The other facts about the file outlive it. */
  readonly object: StoredObject | null;
  readonly fileName: string | null;
  /** Bytes. */
  readonly fileSize: number | null;
  /** Lower-case hex. */
  readonly sha256: string | null;
  readonly recordCount: number | null;
  readonly pageCount: number | null;
  /** How many files it consists of, which are downloaded as one zip; `null` for a single file. */
  readonly partCount: number | null;
  /** `null` where no rows of tables are read, for several files, and in records of earlier releases. */
  readonly read: ReadSummary | null;
  readonly downloadCount: number;
  /** When the file was given out, once and for all; of one-time exports only. */
  readonly downloadedAt: Date | null;
  /** `user:<id>`, `customer:<id>` or `link` */
  readonly downloadedBy: string | null;
  /** Whether the last byte of a one-time file may be on its way, so that the file will be gone in a moment. */
  readonly isDownloadCompleting: boolean;
  readonly warnings: readonly ExportWarning[];
  readonly error: string | null;
  /** Null exactly where `error` is. */
  readonly errorCode: FailureCode | null;
  /** While the export is unfinished, the earliest time. `null` if there is no file and there will be none. */
  readonly expiresAt: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly startedAt: Date | null;
  readonly completedAt: Date | null;
}

/** How the rows of a file were read. */
export interface ReadSummary {
  /** The most connections at once. */
  readonly connections: number;
  /** How many ranges of the tables were read, one for each table that was not split. */
  readonly ranges: number;
}

/** Whole percents, rounded down so that 100 is never shown too early; `null` while the total is unknown. */
export function percentOf({ done, total }: Progress, status: ExportStatus): number | null {
  if (status === 'completed' || status === 'expired') return 100;
  if (total === null) return done === 0 ? 0 : null;
  return total === 0 ? 0 : Math.min(99, Math.floor((done / total) * 100));
}

/** The prefix of files that attempts store. */
export const EXPORT_FILES = 'exports/';

/** The prefix of one export's files, one for each attempt. */
export function objectPrefix(exportId: string): string {
  return `${EXPORT_FILES}${exportId}/`;
}
