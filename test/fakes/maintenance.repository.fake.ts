import { fromDownloadedBy, credentialTypeOf } from '../../src/export/model/domain/downloads';
import type { Export } from '../../src/export/model/domain/export';
import {
  type Backlog,
  type DeletableObject,
  MaintenanceRepository,
} from '../../src/export/model/domain/interfaces/maintenance.repository';
import {
  exportIdOf,
  failureOfStalled,
  IDEMPOTENCY_DAYS,
  isFileReferenced,
  MAINTENANCE_BATCH,
  NOTIFICATION_DAYS,
  REMINDER_SECONDS,
} from '../../src/export/model/domain/maintenance';
import { setDownloaded } from './download-lease.repository.fake';
import type { ExportRecord } from './export-record';
import type { ExportTerms } from './export-terms';
import { auditOf, byId, type FakeRecords, messagesOf } from './fake-records';

const DAY_SECONDS = 86_400;

/** The maintenance of a `FakeRecords`. */
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
    const stalled = this.all(
      ({ status, heartbeatAt }) => status === 'processing' && heartbeatAt !== null && heartbeatAt < silentSince,
    );
    const changed = stalled.flatMap((record) => {
      const failure = failureOfStalled(record);
      const endAttempt = { attemptToken: null, lostAttempts: record.lostAttempts + 1 };
      const where = (one: ExportRecord) => one === record;
      if (failure === null) {
        return this.records.changeExports({
          where,
          set: () => ({ status: 'pending', enqueueAfter: clock.now(), ...endAttempt }),
          audit: (row) => auditOf(row, 'export.attempt-lost'),
        });
      }
      const { code, reason } = failure;
      return this.records.changeExports({
        where,
        set: () => ({ status: 'failed', error: reason, errorCode: code, ...endAttempt }),
        audit: (row) => auditOf(row, 'export.failed', { details: { code, reason } }),
        notifies: 'failed',
      });
    });
    return Promise.resolve(changed);
  }

  override claimOverdue(): Promise<string[]> {
    const now = this.records.clock.now();
    const overdue = this.all(({ status, enqueueAfter }) => status === 'pending' && enqueueAfter <= now)
      .sort((one, other) => one.enqueueAfter.getTime() - other.enqueueAfter.getTime())
      .slice(0, MAINTENANCE_BATCH);
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
    const since = this.records.clock.in(-NOTIFICATION_DAYS * DAY_SECONDS);
    let count = 0;
    for (const record of this.all(({ updatedAt }) => updatedAt > since)) {
      const { id, status } = record;
      if (status !== 'completed' && status !== 'failed') continue;
      const planned = messagesOf(this.records.toExport(record), status);
      const isPosted = [...this.records.outbox.values()].some(
        ({ exportId, event }) => exportId === id && event === `export.${status}`,
      );
      if (planned.length === 0 || isPosted) continue;
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
    const some = new Set(this.all(isOverdue).slice(0, MAINTENANCE_BATCH));
    const expired = this.records.changeExports({
      where: (record) => some.has(record),
      set: () => ({ status: 'expired' }),
      audit: (row) => auditOf(row, 'export.expired', { by: null }),
    });
    return Promise.resolve(expired.length);
  }

  override finalizeInterruptedDownloads(): Promise<number> {
    const now = this.records.clock.now();
    const finalized = this.records.changeExports({
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
    return Promise.resolve(finalized.length);
  }

  override findDeletable(after: string | null): Promise<DeletableObject[]> {
    const deletable = this.all(({ id, status }) => status === 'expired' && (after === null || id > after))
      .sort(byId)
      .flatMap(({ id, storageKey, partCount }) =>
        storageKey === null ? [] : [{ exportId: id, key: storageKey, isDivided: partCount !== null }],
      );
    return Promise.resolve(deletable.slice(0, MAINTENANCE_BATCH));
  }

  override clearStorageKeys(...objects: readonly Pick<DeletableObject, 'exportId' | 'key'>[]): Promise<number> {
    const known = objects.flatMap(({ exportId, key }) => {
      const record = this.records.exports.get(exportId);
      return record?.storageKey === key ? [record] : [];
    });
    for (const { id } of known) this.records.files.delete(id);
    for (const record of known) Object.assign(record, { storageKey: null, updatedAt: this.records.clock.now() });
    return Promise.resolve(known.length);
  }

  override findReferenced(keys: readonly string[], settledSince: Date): Promise<ReadonlySet<string>> {
    const isReferenced = (key: string) => {
      const id = exportIdOf(key);
      const record = this.records.exports.get(id);
      const partKeys = new Set(this.records.files.get(id)?.map((file) => file.key));
      return isFileReferenced(key, record && { ...record, partKeys }, settledSince);
    };
    return Promise.resolve(new Set(keys.filter(isReferenced)));
  }

  override forgetIdempotencyKeys(): Promise<void> {
    const since = this.records.clock.in(-IDEMPOTENCY_DAYS * DAY_SECONDS);
    for (const [name, { createdAt }] of this.records.idempotencyKeys) {
      if (createdAt < since) this.records.idempotencyKeys.delete(name);
    }
    return Promise.resolve();
  }

  /** These records count no rate limits. */
  override forgetRateLimitUses(): Promise<void> {
    return Promise.resolve();
  }

  private all(which: (record: ExportRecord) => boolean): ExportRecord[] {
    return [...this.records.exports.values()].filter(which);
  }
}
