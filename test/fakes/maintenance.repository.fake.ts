import type { Export } from '../../src/export/model/domain/export';
import {
  type Backlog,
  MaintenanceRepository,
} from '../../src/production/model/domain/interfaces/maintenance.repository';
import {
  exportIdOf,
  failureOfStalled,
  IDEMPOTENCY_DAYS,
  isFileReferenced,
  MAINTENANCE_BATCH,
  NOTIFICATION_DAYS,
  REMINDER_SECONDS,
} from '../../src/production/model/domain/maintenance';
import type { ExportRecord } from './export-record';
import type { ExportTerms } from './export-terms';
import { auditOf, type FakeRecords, messagesOf } from './fake-records';

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
