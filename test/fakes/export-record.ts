import type { RequestExport } from '../../src/export/model/domain/interfaces/export.repository';
import { type Export, requesterOf } from '../../src/export/model/domain/export';
import { type Principal, isCustomer } from '../../src/platform/auth/principal';

type Mutable<Fields> = { -readonly [Name in keyof Fields]: Fields[Name] };

/** An export with what only its repositories know of it: the columns of its table. */
export interface ExportRecord extends Mutable<Omit<Export, 'object' | 'isDownloadCompleting'>> {
  storageKey: string | null;
  contentType: string | null;
  retentionSeconds: number | null;
  weight: number;
  attempts: number;
  lostAttempts: number;
  retryAt: Date | null;
  attemptToken: string | null;
  heartbeatAt: Date | null;
  enqueueAfter: Date;
  downloadToken: string | null;
  downloadLease: Date | null;
  downloadPrepared: boolean;
  downloadEnding: boolean;
}

/** How long a new export waits until it is enqueued again. */
const REMINDER_SECONDS = 30;

/** What becomes of a value that is kept as JSON. */
export function asJson<Value>(value: Value): Value {
  return value === undefined ? value : (JSON.parse(JSON.stringify(value)) as Value);
}

/** A pending export, as it is requested. */
export function recordOf(id: string, requestId: string, request: RequestExport, now: Date): ExportRecord {
  const { kind, subject, type, format, owner, scheduleId, oneTime, isLarge, expected } = request;
  const { userId, tenantId, customerId } = owner;
  const requested = { kind, subject, type, format, userId, tenantId, customerId, scheduleId, oneTime, isLarge };
  return {
    id,
    requestId,
    requestedBy: requesterOf(request.caller),
    ...requested,
    status: 'pending',
    params: asJson(request.params),
    dataTypes: [...request.dataTypes],
    filters: asJson(request.filters ?? null),
    options: asJson(request.options),
    deliveries: asJson(request.delivery.deliveries),
    retentionSeconds: request.retentionSeconds,
    weight: request.weight ?? 1,
    streamed: false,
    progress: { done: 0, total: expected.total, unit: expected.unit },
    estimate: request.estimate,
    ...NO_FILE,
    ...NO_ATTEMPT,
    ...NO_DOWNLOAD,
    downloadCount: 0,
    downloadedAt: null,
    enqueueAfter: new Date(now.getTime() + REMINDER_SECONDS * 1000),
    createdAt: now,
    updatedAt: now,
  };
}

const NO_FILE = {
  storageKey: null,
  contentType: null,
  fileName: null,
  fileSize: null,
  sha256: null,
  recordCount: null,
  pageCount: null,
  partCount: null,
  read: null,
  warnings: [],
  error: null,
  errorCode: null,
  expiresAt: null,
  completedAt: null,
};

const NO_ATTEMPT = {
  attempts: 0,
  lostAttempts: 0,
  retryAt: null,
  attemptToken: null,
  heartbeatAt: null,
  startedAt: null,
};

/** The columns of a file without a download. */
export const NOT_LEASED = {
  downloadToken: null,
  downloadLease: null,
  downloadPrepared: false,
  downloadEnding: false,
};

const NO_DOWNLOAD = { ...NOT_LEASED, downloadedBy: null };

/** The record as the model knows it. */
export function toExport(record: ExportRecord, now: Date): Export {
  const { status, storageKey, contentType, downloadPrepared, downloadEnding, downloadLease } = record;
  const isCompleted = status === 'completed';
  const hasNoFile = status === 'failed' || status === 'cancelled';
  const isPrepared = downloadPrepared && downloadLease !== null && downloadLease > now;
  return {
    ...knownOf(record),
    object: isCompleted && storageKey !== null && contentType !== null ? { key: storageKey, contentType } : null,
    downloadedBy: record.downloadedAt && record.downloadedBy,
    expiresAt: hasNoFile ? null : record.expiresAt,
    isDownloadCompleting: isCompleted && (downloadEnding || isPrepared),
  };
}

const COLUMNS_OF_REPOSITORIES: ReadonlySet<string> = new Set([
  'storageKey',
  'contentType',
  'retentionSeconds',
  'weight',
  'attempts',
  'attemptToken',
  'heartbeatAt',
  'enqueueAfter',
  'lostAttempts',
  'retryAt',
  ...Object.keys(NOT_LEASED),
]);

function knownOf(record: ExportRecord): Omit<Export, 'object' | 'isDownloadCompleting'> {
  const known = Object.entries(record).filter(([name]) => !COLUMNS_OF_REPOSITORIES.has(name));
  return Object.fromEntries(known) as unknown as Omit<Export, 'object' | 'isDownloadCompleting'>;
}

/** Whether the principal may see the record. */
export function isVisibleTo(
  principal: Principal,
  { userId, tenantId, customerId }: Pick<ExportRecord, 'userId' | 'tenantId' | 'customerId'>,
): boolean {
  return isCustomer(principal)
    ? customerId === principal.customerId
    : userId === principal.userId && tenantId === principal.tenantId;
}
