import { DRAWINGS, MAX_ATTEMPTS, MAX_LOST_DRAWINGS } from '../../src/export/model/domain/attempt-limits';
import { fromDownloadedBy, credentialTypeOf } from '../../src/export/model/domain/downloads';
import type { Export, ExportFailure } from '../../src/export/model/domain/export';
import {
  type Backlog,
  type DeletableObject,
  MaintenanceRepository,
} from '../../src/export/model/domain/interfaces/maintenance.repository';
import { objectPrefix } from '../../src/export/model/domain/object-key';
import { setDownloaded } from './download-lease.repository.fake';
import type { ExportRecord } from './export-record';
import type { ExportTerms } from './export-terms';
import { auditOf, byId, type FakeRecords, messagesOf } from './fake-records';

const BATCH = 500;
const REMINDER_SECONDS = 30;
const DAY_SECONDS = 86_400;
const IDEMPOTENCY_DAYS = 7;
const UNTOLD_DAYS = 1;
const STREAM_BROKE: ExportFailure = {
  code: 'service-stopped',
  reason: 'The service stopped while the rows went out. Ask for them again.',
};
const DRAWING_LOST: ExportFailure = {
  code: 'drawing-interrupted',
  reason:
    'The service stopped twice while it drew this board. Remove very large or complex images, or export fewer pages, and try again.',
};
const ATTEMPTS_EXHAUSTED: ExportFailure = {
  code: 'attempts-exhausted',
  reason: `The export was begun ${MAX_ATTEMPTS} times and stopped every time. Try again, or ask for less at once.`,
};

/** What the sweep asks of a `FakeRecords`. */
export class FakeMaintenanceRepository extends MaintenanceRepository {
  constructor(
    private readonly records: FakeRecords,
    private readonly terms: ExportTerms,
  ) {
    super();
  }

  override backlog(): Promise<Backlog> {
    const pending = this.all(({ status }) => status === 'pending');
    const since = Math.min(...pending.map(({ updatedAt }) => updatedAt.getTime()));
    const seconds = (this.records.clock.now().getTime() - since) / 1000;
    return Promise.resolve({
      pending: pending.length,
      processing: this.all(({ status }) => status === 'processing').length,
      oldestWaitingSeconds: pending.length === 0 ? 0 : Math.max(0, seconds),
    });
  }

  override requeueStalled(): Promise<Export[]> {
    const { clock } = this.records;
    const silentSince = clock.in(-this.terms.leaseSeconds);
    const isSilent = ({ status, heartbeatAt }: ExportRecord) =>
      status === 'processing' && heartbeatAt !== null && heartbeatAt < silentSince;
    const fail = ({ code, reason }: ExportFailure, which: (record: ExportRecord) => boolean) =>
      this.records.changeExports({
        where: (record) => isSilent(record) && which(record),
        set: ({ lostAttempts }) => ({
          status: 'failed',
          attemptToken: null,
          lostAttempts: lostAttempts + 1,
          error: reason,
          errorCode: code,
        }),
        audit: (row) => auditOf(row, 'export.failed', { details: { code, reason } }),
        notifies: 'failed',
      });
    const broken = fail(STREAM_BROKE, ({ streamed }) => streamed);
    const drawings = fail(
      DRAWING_LOST,
      ({ kind, format, lostAttempts }) =>
        kind === DRAWINGS.kind &&
        DRAWINGS.formats.some((drawn) => drawn === format) &&
        lostAttempts + 1 >= MAX_LOST_DRAWINGS,
    );
    const failed = fail(ATTEMPTS_EXHAUSTED, ({ attempts }) => attempts >= MAX_ATTEMPTS);
    const pending = this.records.changeExports({
      where: isSilent,
      set: ({ lostAttempts }) => ({
        status: 'pending',
        attemptToken: null,
        enqueueAfter: clock.now(),
        lostAttempts: lostAttempts + 1,
      }),
      audit: (row) => auditOf(row, 'export.attempt-lost'),
    });
    return Promise.resolve([...broken, ...drawings, ...failed, ...pending]);
  }

  override claimOverdue(): Promise<string[]> {
    const now = this.records.clock.now();
    const overdue = this.all(({ status, enqueueAfter }) => status === 'pending' && enqueueAfter <= now)
      .sort((one, other) => one.enqueueAfter.getTime() - other.enqueueAfter.getTime())
      .slice(0, BATCH);
    for (const record of overdue) record.enqueueAfter = this.records.clock.in(REMINDER_SECONDS);
    return Promise.resolve(overdue.map(({ id }) => id).sort());
  }

  override makeDue(exportIds: readonly string[]): Promise<void> {
    const now = this.records.clock.now();
    for (const record of this.all(({ id, status }) => status === 'pending' && exportIds.includes(id))) {
      if (record.enqueueAfter > now) record.enqueueAfter = now;
    }
    return Promise.resolve();
  }

  override enqueueMissingNotifications(): Promise<number> {
    const since = this.records.clock.in(-UNTOLD_DAYS * DAY_SECONDS);
    let count = 0;
    for (const record of this.all(({ updatedAt }) => updatedAt > since)) {
      const { id, status } = record;
      if (status !== 'completed' && status !== 'failed') continue;
      const planned = messagesOf(this.records.toExport(record), status);
      const told = [...this.records.outbox.values()].some(
        ({ exportId, event }) => exportId === id && event === `export.${status}`,
      );
      if (planned.length === 0 || told) continue;
      this.records.post(...planned);
      count++;
    }
    return Promise.resolve(count);
  }

  override expireOverdue(): Promise<number> {
    const now = this.records.clock.now();
    const isOverdue = ({ status, expiresAt, downloadEnding, downloadLease }: ExportRecord) =>
      status === 'completed' &&
      expiresAt !== null &&
      expiresAt <= now &&
      !downloadEnding &&
      (downloadLease === null || downloadLease < now);
    const some = new Set(this.all(isOverdue).slice(0, BATCH));
    const expired = this.records.changeExports({
      where: (record) => some.has(record),
      set: () => ({ status: 'expired' }),
      audit: (row) => auditOf(row, 'export.expired', { by: null }),
    });
    return Promise.resolve(expired.length);
  }

  override finalizeInterruptedDownloads(): Promise<number> {
    const now = this.records.clock.now();
    const concluded = this.records.changeExports({
      where: ({ status, downloadEnding, downloadLease }) =>
        (status === 'completed' || status === 'expired') &&
        downloadEnding &&
        downloadLease !== null &&
        downloadLease < now,
      set: setDownloaded(this.records),
      audit: (row) => {
        const by = fromDownloadedBy(row);
        return auditOf(row, 'export.downloaded', {
          by,
          details: { by: credentialTypeOf(by), one_time: true, receipt: false },
        });
      },
    });
    return Promise.resolve(concluded.length);
  }

  override findDeletable(after: string | null): Promise<DeletableObject[]> {
    const deletable = this.all(({ id, status }) => status === 'expired' && (after === null || id > after))
      .sort(byId)
      .flatMap(({ id, storageKey }) => (storageKey === null ? [] : [{ exportId: id, key: storageKey }]));
    return Promise.resolve(deletable.slice(0, BATCH));
  }

  override clearStorageKeys(...objects: readonly DeletableObject[]): Promise<number> {
    const known = objects.flatMap(({ exportId, key }) => {
      const record = this.records.exports.get(exportId);
      return record?.storageKey === key ? [record] : [];
    });
    for (const record of known) Object.assign(record, { storageKey: null, updatedAt: this.records.clock.now() });
    return Promise.resolve(known.length);
  }

  override findReferenced(keys: readonly string[], settledSince: Date): Promise<ReadonlySet<string>> {
    const isKept = (key: string) => {
      const record = this.records.exports.get(key.split('/')[1] ?? '');
      if (!record) return false;
      const { id, status, storageKey, attemptToken, updatedAt } = record;
      const isWritten = status === 'processing' && key.startsWith(`${objectPrefix(id)}${String(attemptToken)}.`);
      return key === storageKey || isWritten || updatedAt > settledSince;
    };
    return Promise.resolve(new Set(keys.filter(isKept)));
  }

  override forgetIdempotencyKeys(): Promise<void> {
    const since = this.records.clock.in(-IDEMPOTENCY_DAYS * DAY_SECONDS);
    for (const [name, { createdAt }] of this.records.idempotencyKeys) {
      if (createdAt < since) this.records.idempotencyKeys.delete(name);
    }
    return Promise.resolve();
  }

  /** Limits are not counted in these records. */
  override forgetRateLimitUses(): Promise<void> {
    return Promise.resolve();
  }

  private all(which: (record: ExportRecord) => boolean): ExportRecord[] {
    return [...this.records.exports.values()].filter(which);
  }
}
