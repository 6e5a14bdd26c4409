import { Prisma, type Export as ExportRow } from '../../platform/database/generated/client';
import { type AuditEntry, recordAudit } from '../../platform/audit/audit-log';
import type { Principal } from '../../platform/auth/principal';
import { postToOutbox, type OutboxMessage } from '../../platform/outbox/outbox';
import type { Ending, PlannedDelivery } from '../../platform/outbox/planned-delivery';
import type { PrismaService, Transaction } from '../../platform/database/prisma.service';
import { TransactionEvent } from '../../platform/database/transaction-events';
import type { ExportFormat, ExportWarning, ProgressUnit, WarningCode } from '../../formats';
import { type Export, ownerOf, type ReadSummary, type Requester, type StoredObject } from '../model/domain/export';
import { type ExportEstimate, toEstimateFigures } from '../model/domain/export-estimate';
import type { FailureCode } from '../model/domain/failure-codes';
import { type ExportStatus, statusesBefore } from '../model/domain/export-status';

/** The record as the model knows it. */
export function toExport(row: ExportRow): Export {
  return {
    id: row.id,
    kind: row.kind,
    params: row.params,
    subject: row.subject ?? row.sessionId ?? row.eventId,
    type: row.type,
    format: row.format as ExportFormat,
    status: row.status as ExportStatus,
    userId: row.userId,
    tenantId: row.tenantId,
    customerId: row.customerId,
    requestedBy: requesterOf(row),
    scheduleId: row.scheduleId,
    dataTypes: row.dataTypes,
    filters: row.filters,
    options: row.options as Export['options'],
    deliveries: row.deliveries as unknown as PlannedDelivery[],
    oneTime: row.oneTime,
    isLarge: row.isLarge,
    streamed: row.streamed,
    requestId: row.requestId,
    progress: {
      done: Number(row.progressDone),
      total: toNumber(row.progressTotal),
      unit: row.progressUnit as ProgressUnit | null,
    },
    estimate: toEstimate(row.estimate),
    object: objectOf(row),
    fileName: row.fileName,
    fileSize: toNumber(row.fileSize),
    sha256: row.sha256,
    recordCount: toNumber(row.recordCount),
    pageCount: row.pageCount,
    partCount: row.partCount,
    read: toReadSummary(row),
    downloadCount: row.downloadCount,
    downloadedAt: row.downloadedAt,
    // The column is set when the download starts, and counts when it is complete.
    downloadedBy: row.downloadedAt && row.downloadedBy,
    isDownloadCompleting: isDownloadCompleting(row),
    warnings: warningsOf(row),
    error: row.error,
    errorCode: row.error === null ? null : ((row.errorCode ?? 'unspecified') as FailureCode),
    // The column of a failed or cancelled export still holds the promised time.
    expiresAt: row.status === 'failed' || row.status === 'cancelled' ? null : row.expiresAt,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    startedAt: row.startedAt,
    completedAt: row.completedAt,
  };
}

/** The column `estimate`. Statistics read its members. */
interface StoredEstimate {
  readonly unit: ProgressUnit;
  readonly record_count: number | null;
  readonly file_size: number | null;
  readonly duration_seconds: number | null;
  readonly model_bytes: number | null;
  readonly model_seconds: number | null;
}

export function toStoredEstimate(estimate: ExportEstimate): StoredEstimate {
  const { unit, model } = estimate;
  return { unit, ...toEstimateFigures(estimate), model_bytes: model.bytes, model_seconds: model.seconds };
}

export function toEstimate(stored: unknown): ExportEstimate | null {
  if (stored === null) return null;
  const { unit, record_count, file_size, duration_seconds, model_bytes, model_seconds } = stored as StoredEstimate;
  const model = { bytes: model_bytes, seconds: model_seconds };
  return { unit, count: record_count, fileSize: file_size, seconds: duration_seconds, model };
}

/** Processes of release 0.1.0 read and write the subjects of boards and events in columns of their own. */
export function subjectColumn(kind: string | undefined): 'sessionId' | 'eventId' | 'subject' {
  return kind === 'board' ? 'sessionId' : kind === 'event' ? 'eventId' : 'subject';
}

/** Processes of release 0.1.0 write texts without codes. */
function warningsOf({ warnings, warningCodes }: ExportRow): ExportWarning[] {
  return warnings.map((text, index) => ({ code: (warningCodes[index] ?? 'unspecified') as WarningCode, text }));
}

/** Processes of release 0.1.0 leave it out: their exports count on the account of the external system, if there is one. */
function requesterOf({ requestedBy, customerId }: ExportRow): Requester {
  return (requestedBy as Requester | null) ?? (customerId === null ? 'user' : 'customer');
}

/** Uses the clock of the process: this only decides how long a reader waits. */
function isDownloadCompleting({ status, downloadPrepared, downloadEnding, downloadLease }: ExportRow): boolean {
  if (status !== 'completed') return false;
  return downloadEnding || (downloadPrepared && downloadLease !== null && downloadLease > new Date());
}

function objectOf({ status, storageKey, contentType }: ExportRow): StoredObject | null {
  if (status !== 'completed' || storageKey === null || contentType === null) return null;
  return { key: storageKey, contentType };
}

function toReadSummary({ readConnections: connections, readRanges: ranges }: ExportRow): ReadSummary | null {
  return connections === null || ranges === null ? null : { connections, ranges };
}

// Rows and bytes stay far below 2^53.
function toNumber(value: bigint | null): number | null {
  return value === null ? null : Number(value);
}

interface AuditedStep {
  /** Who took the step: the owner by default; `null` for the bearer of a link and for the service. */
  readonly by?: Principal | null;
  readonly details?: AuditEntry['details'];
}

/** The audit entry of a step in the life of an export. */
export function auditOf(row: Export, action: string, { by, details }: AuditedStep = {}): AuditEntry {
  const { userId, customerId } = by === undefined ? row : by === null ? NO_PRINCIPAL : ownerOf(by);
  const { id: exportId, scheduleId, tenantId, requestId } = row;
  return { action, exportId, scheduleId, userId, customerId, tenantId, requestId, details };
}

const NO_PRINCIPAL = { userId: null, customerId: null };

/** Whether an export counts on the account of a person: the SQL of `accountOf`. */
export const REQUESTED_BY_USER = Prisma.sql`(customer_id IS NULL OR requested_by IS NOT DISTINCT FROM 'user')`;

/** The account of an export as one text: the SQL of `accountOf`. */
export const ACCOUNT = Prisma.sql`CASE WHEN ${REQUESTED_BY_USER} THEN ROW(tenant_id, user_id)::text ELSE customer_id::text END`;

/** The columns of a file that nobody downloads. */
export const NO_DOWNLOAD_LEASE = Prisma.sql`download_token = NULL, download_lease = NULL,
  download_prepared = false, download_ending = false`;

/** The columns of a one-time export whose file was downloaded. */
export const SET_DOWNLOADED = Prisma.sql`status = 'expired', expires_at = now(), downloaded_at = now(),
  download_count = download_count + 1, ${NO_DOWNLOAD_LEASE}`;

/** Whether the export may change to `status`. */
export function mayBecome(status: ExportStatus): Prisma.Sql {
  return Prisma.sql`status IN (${Prisma.join(statusesBefore(status))})`;
}

/**
 * Changes the exports that meet the condition, and writes their audit entries and outbox messages in the same transaction.
 * Times come from the clock of the database: those of the processes may differ.
 * @returns the exports after the change
 */
export async function changeExports(
  transaction: Transaction,
  change: { set: Prisma.Sql; where: Prisma.Sql; audit?: (row: Export) => AuditEntry; tells?: Ending },
): Promise<Export[]> {
  const changed = await transaction.$queryRaw<{ id: string }[]>`
    UPDATE exports SET ${change.set}, updated_at = clock_timestamp() WHERE ${change.where} RETURNING id`;
  if (changed.length === 0) return [];
  const rows = await transaction.export.findMany({ where: { id: { in: changed.map(({ id }) => id) } } });
  const exports = rows.map(toExport);
  if (change.audit) await recordAudit(transaction, ...exports.map(change.audit));
  const { tells } = change;
  if (tells) await postToOutbox(transaction, ...exports.flatMap((ended) => messagesOf(ended, tells)));
  return exports;
}

/** Exports have completed, failed or were cancelled. */
export const EXPORT_ENDED = new TransactionEvent<Export>('export.ended');

/** Changes exports that end with it, and lets other modules react in the same transaction. */
export async function endExports(
  { transactionEvents }: PrismaService,
  transaction: Transaction,
  change: Parameters<typeof changeExports>[1],
): Promise<Export[]> {
  const ended = await changeExports(transaction, change);
  await transactionEvents.emit(EXPORT_ENDED, transaction, ended);
  return ended;
}

/** @param client a transaction, or the database as it is now */
export async function readExports(client: Transaction | PrismaService, ids: readonly string[]): Promise<Export[]> {
  const rows = await client.export.findMany({ where: { id: { in: [...ids] } } });
  return rows.map(toExport);
}

/** The planned messages about an outcome. */
export function messagesOf(
  { id, scheduleId, userId, tenantId, customerId, deliveries }: Export,
  end: Ending,
): OutboxMessage[] {
  const about = { event: `export.${end}`, exportId: id, scheduleId, userId, tenantId, customerId };
  return deliveries.filter(({ on }) => on.includes(end)).map(({ channel, target }) => ({ ...about, channel, target }));
}
