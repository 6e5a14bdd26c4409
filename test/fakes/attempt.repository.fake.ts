import { randomUUID } from 'node:crypto';
import { MAX_ATTEMPTS } from '../../src/production/model/domain/attempt-limits';
import type { Progress } from '../../src/formats';
import { type Export, type ExportFailure, accountOf } from '../../src/export/model/domain/export';
import type { FinishedFile } from '../../src/production/model/domain/finished-file';
import {
  type Attempt,
  AttemptRepository,
  type FreeSlot,
} from '../../src/production/model/domain/interfaces/attempt.repository';
import { toZipOfParts } from '../../src/production/model/domain/zip-of-parts';
import type { AuditEntry } from '../../src/platform/audit/audit-log';
import { principalKey } from '../../src/platform/auth/principal';
import type { Ending } from '../../src/platform/outbox/planned-delivery';
import type { ExportRecord } from './export-record';
import type { ExportTerms } from './export-terms';
import { auditOf, byId, type FakeRecords } from './fake-records';
import { publishedFile } from './published-file';

const WORKER = 'fake-worker:1';

/** Attempts at the exports of a `FakeRecords`: fenced by a token, under a lease, as the adapter's are. */
export class FakeAttemptRepository extends AttemptRepository {
  constructor(
    private readonly records: FakeRecords,
    private readonly terms: ExportTerms,
  ) {
    super();
  }

  override claimNext(slot: FreeSlot): Promise<Attempt | null> {
    const next = this.next(slot);
    if (!next) return Promise.resolve(null);
    const token = randomUUID();
    const now = this.records.clock.now();
    const [claimed] = this.records.changeExports({
      where: ({ id }) => id === next.id,
      set: ({ attempts, startedAt, progress }) => ({
        status: 'processing',
        attemptToken: token,
        attempts: attempts + 1,
        heartbeatAt: now,
        startedAt: startedAt ?? now,
        progress: { ...progress, done: 0 },
      }),
      audit: (row) => auditOf(row, 'export.started', { details: { worker: WORKER } }),
    });
    return Promise.resolve(claimed ? { token, number: next.attempts, export: claimed } : null);
  }

  override findNext(slot: FreeSlot): Promise<string | null> {
    return Promise.resolve(this.next(slot)?.id ?? null);
  }

  private next({ limit, mayExceed, mayBeLarge }: FreeSlot): ExportRecord | null {
    const now = this.records.clock.now();
    const all = [...this.records.exports.values()];
    const silentSince = this.records.clock.in(-this.terms.leaseSeconds);
    const running = new Map<string, number>();
    for (const record of all) {
      const { status, streamed, heartbeatAt } = record;
      if (status !== 'processing' || streamed || heartbeatAt === null || heartbeatAt < silentSince) continue;
      running.set(keyOf(record), runningOf(record) + 1);
    }
    const [next] = all
      .filter(
        (record) =>
          record.status === 'pending' &&
          !record.streamed &&
          record.attempts < MAX_ATTEMPTS &&
          (record.retryAt === null || record.retryAt <= now) &&
          (mayBeLarge || !record.isLarge) &&
          (mayExceed || runningOf(record) < limit),
      )
      .sort(
        (one, other) =>
          runningOf(one) - runningOf(other) || one.createdAt.getTime() - other.createdAt.getTime() || byId(one, other),
      );
    return next ?? null;

    function runningOf(record: ExportRecord): number {
      return running.get(keyOf(record)) ?? 0;
    }
  }

  override beat(attempt: Attempt, { done, total, unit }: Progress): Promise<boolean> {
    const record = this.records.exports.get(attempt.export.id);
    if (!record || !isHeldBy(attempt)(record)) return Promise.resolve(false);
    const { progress } = record;
    const isNews = progress.done !== done || progress.total !== total || progress.unit !== unit;
    const now = this.records.clock.now();
    Object.assign(record, { heartbeatAt: now, progress: { done, total, unit } }, isNews && { updatedAt: now });
    return Promise.resolve(true);
  }

  override async finish(attempt: Attempt, file: FinishedFile): Promise<boolean> {
    const { id } = attempt.export;
    const record = this.records.exports.get(id);
    if (!record || !isHeldBy(attempt)(record)) return false;
    const { text, sha256 } = this.records.storeManifest(attempt.export, file);
    const zip = file.parts && toZipOfParts(file.parts, text);
    const published = zip ? { ...file, sha256, size: zip.size } : file;
    if (zip) {
      this.records.files.set(id, [...zip.files]);
      this.records.parts = this.records.parts.filter(({ exportId }) => exportId !== id);
    }
    return this.end(attempt, (ended) => publishedFile(published, ended, this.records.clock, this.terms), {
      audit: (row) => auditOf(row, 'export.completed', { details: { bytes: published.size, attempt: attempt.number } }),
      notifies: 'completed',
    });
  }

  override fail(attempt: Attempt, { code, reason }: ExportFailure): Promise<boolean> {
    const details = { code, reason, attempt: attempt.number };
    return this.end(attempt, () => ({ status: 'failed', attemptToken: null, error: reason, errorCode: code }), {
      audit: (row) => auditOf(row, 'export.failed', { details }),
      notifies: 'failed',
    });
  }

  override retryLater(attempt: Attempt, pauseSeconds: number, { code, reason }: ExportFailure): Promise<boolean> {
    const enqueueAfter = this.records.clock.in(pauseSeconds);
    const details = { code, reason, attempt: attempt.number };
    const change = { status: 'pending', attemptToken: null, enqueueAfter, retryAt: enqueueAfter } as const;
    return this.end(attempt, () => change, {
      audit: (row) => auditOf(row, 'export.attempt-failed', { details }),
    });
  }

  override handBack(attempt: Attempt, isLarge: boolean): Promise<boolean> {
    const enqueueAfter = this.records.clock.now();
    return this.end(
      attempt,
      (record) => ({
        status: 'pending',
        attemptToken: null,
        attempts: record.attempts - 1,
        enqueueAfter,
        isLarge: record.isLarge || isLarge,
      }),
      { audit: (row) => auditOf(row, 'export.handed-back', { details: { worker: WORKER } }) },
    );
  }

  private end(
    attempt: Attempt,
    set: (record: ExportRecord) => Partial<ExportRecord>,
    step: { readonly audit: (row: Export) => AuditEntry; readonly notifies?: Ending },
  ): Promise<boolean> {
    const changed = this.records.changeExports({ where: isHeldBy(attempt), set, ...step });
    return Promise.resolve(changed.length === 1);
  }
}

/** Checks the fencing token: an attempt that lost it changes nothing. */
function isHeldBy({ token, export: { id } }: Attempt): (record: ExportRecord) => boolean {
  return (record) => record.id === id && record.attemptToken === token && record.status === 'processing';
}

function keyOf(record: ExportRecord): string {
  return principalKey(accountOf(record));
}
