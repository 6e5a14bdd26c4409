import { v7 as uuidv7 } from 'uuid';
import type { RequestExport } from '../../src/export/model/domain/export-request';
import { credentialTypeOf } from '../../src/export/model/domain/downloads';
import type { Export, FinishedFile, StoredObject } from '../../src/export/model/domain/export';
import type { ExportKind } from '../../src/export/model/domain/export-kind';
import type { ExportStatus } from '../../src/export/model/domain/export-status';
import { statusesBefore } from '../../src/export/model/domain/export-status';
import {
  type ExportCreation,
  type ExportQuery,
  ExportRepository,
} from '../../src/export/model/domain/interfaces/export.repository';
import { objectPrefix } from '../../src/export/model/domain/object-key';
import { isCustomer, type Principal } from '../../src/platform/auth/principal';
import type { RateLimit } from '../../src/platform/rate-limit';
import { DomainError } from '../../src/platform/errors/domain-error';
import type { Page } from '../../src/platform/paging';
import type { IdempotentRequest } from '../../src/platform/idempotent-request';
import { RequestContext } from '../../src/platform/observability/request-context';
import { type LimitUse, type RateLimitState, takeOneMoreOfAll, type UsedWindow } from '../../src/platform/rate-limit';
import { type ExportRecord, isVisibleTo, recordOf } from './export-record';
import type { ExportTerms } from './export-terms';
import { auditOf, type FakeRecords } from './fake-records';
import { pageOf } from './fake-page';
import { keptUntil, publishedFile } from './published-file';

const MAX_STREAMS = 3;
const STREAM_RETRY_SECONDS = 5;

/** The exports of a `FakeRecords`, as their owners know them. */
export class FakeExportRepository extends ExportRepository {
  constructor(
    private readonly records: FakeRecords,
    private readonly terms: ExportTerms,
  ) {
    super();
  }

  override create(
    request: RequestExport,
    idempotency: IdempotentRequest | null,
    attemptToken?: string,
  ): Promise<ExportCreation> {
    return attempt(() => {
      const id = request.id ?? uuidv7();
      const key = idempotency && this.records.resourceOf(idempotency);
      const earlier = this.records.exports.get(key ?? id);
      if (earlier) {
        if (idempotency && key === null) this.records.keepIdempotencyKey(idempotency, id);
        return { export: this.records.toExport(earlier), isNew: false, rateLimit: null };
      }
      if (attemptToken !== undefined) this.refuseOneStreamMore(request.caller);
      const rateLimit = this.takeFromLimits(request);
      if (idempotency && key === null) this.records.keepIdempotencyKey(idempotency, id);
      return { export: this.add(id, request, attemptToken), isNew: true, rateLimit };
    });
  }

  override find(id: string): Promise<Export | null> {
    return this.findAll([id]).then(([found]) => found ?? null);
  }

  override findOwned(id: string, owner: Principal): Promise<Export | null> {
    const record = this.records.exports.get(id);
    return Promise.resolve(record && isVisibleTo(owner, record) ? this.records.toExport(record) : null);
  }

  override findAll(ids: readonly string[]): Promise<Export[]> {
    const found = [...this.records.exports.values()].filter(({ id }) => ids.includes(id));
    return Promise.resolve(found.map((record) => this.records.toExport(record)));
  }

  override list({ owner, size, cursor, ...filters }: ExportQuery): Promise<Page<Export>> {
    const wanted = Object.entries<unknown>({ ...filters }).filter(([, value]) => value !== undefined);
    const all = [...this.records.exports.values()].filter(
      (record) =>
        isVisibleTo(owner, record) && wanted.every(([name, value]) => record[name as keyof ExportRecord] === value),
    );
    return Promise.resolve(pageOf(all, size, cursor, (record) => this.records.toExport(record)));
  }

  override cancel(id: string, by: Principal): Promise<Export | null> {
    const [cancelled] = this.records.changeExports({
      where: (record) => isOwn(record, id, by) && mayBecome(record, 'cancelled'),
      set: () => ({ status: 'cancelled', attemptToken: null }),
      audit: (row) => auditOf(row, 'export.cancelled', { by }),
    });
    if (cancelled) this.records.fileRemovals.push(objectPrefix(id));
    return Promise.resolve(cancelled ?? null);
  }

  override expire(id: string, by: Principal): Promise<Export | null> {
    const [expired] = this.records.changeExports({
      where: (record) => isOwn(record, id, by) && !record.streamed && mayBecome(record, 'expired'),
      set: () => ({ status: 'expired', expiresAt: this.records.clock.now() }),
      audit: (row) => auditOf(row, 'export.file-deleted', { by }),
    });
    return Promise.resolve(expired ?? null);
  }

  override replaceFile(
    id: string,
    file: FinishedFile,
    by: Principal,
  ): Promise<{ export: Export; replaced: StoredObject | null } | null> {
    const { storageKey: key = null, contentType = null } = this.records.exports.get(id) ?? {};
    const [completed] = this.records.changeExports({
      where: (record) => isOwn(record, id, by) && (record.status === 'completed' || mayBecome(record, 'completed')),
      set: (record) => publishedFile(file, record, this.records.clock, this.terms),
      audit: (row) => auditOf(row, 'export.content-uploaded', { by, details: { bytes: file.size } }),
      notifies: 'completed',
    });
    if (!completed) return Promise.resolve(null);
    const replaced = key !== null && contentType !== null ? { key, contentType } : null;
    return Promise.resolve({ export: completed, replaced });
  }

  override recordDownload(id: string, by: Principal | null): Promise<void> {
    const [row] = this.records.changeExports({
      where: (record) => record.id === id,
      set: ({ downloadCount }) => ({ downloadCount: downloadCount + 1 }),
    });
    if (row) {
      const entry = auditOf(row, 'export.downloaded', { by, details: { by: credentialTypeOf(by) } });
      if (by === null) this.records.auditAggregated(entry);
      else this.records.audit(entry);
    }
    return Promise.resolve();
  }

  private add(id: string, request: RequestExport, attemptToken: string | undefined): Export {
    const now = this.records.clock.now();
    const record = recordOf(id, RequestContext.current()?.requestId ?? id, request, now);
    if (attemptToken === undefined) record.expiresAt = keptUntil(record, this.records.clock, this.terms);
    else {
      Object.assign(record, { streamed: true, status: 'processing', attempts: 1, attemptToken });
      Object.assign(record, { heartbeatAt: now, startedAt: now });
    }
    this.records.exports.set(id, record);
    const created = this.records.toExport(record);
    const { kind, type, format, caller, audited } = request;
    const details = { kind, ...(type !== null && { type }), format, ...audited };
    this.records.audit(auditOf(created, 'export.requested', { by: caller, details }));
    return created;
  }

  private refuseOneStreamMore(account: Principal): void {
    const open = [...this.records.exports.values()].filter(
      (record) => isVisibleTo(account, record) && record.streamed && record.status === 'processing',
    );
    if (open.length < MAX_STREAMS) return;
    const message = `${MAX_STREAMS} exports are being streamed to you already: read them to their ends, or cancel one`;
    throw new DomainError('limit', 'too-many-streams', message, { retryAfterSeconds: STREAM_RETRY_SECONDS });
  }

  private takeFromLimits({ caller, owner, kind, rateLimit, customerRateLimit }: RequestExport): RateLimitState | null {
    const uses: LimitUse[] = [];
    if (rateLimit) uses.push({ name: kind, limit: rateLimit, used: this.usedOf(caller, kind, rateLimit) });
    const { customerId, tenantId } = owner;
    if (customerRateLimit && customerId !== null && !isCustomer(caller)) {
      const used = this.usedOf({ customerId, tenantId }, kind, customerRateLimit);
      uses.push({ name: 'customer', limit: customerRateLimit, used });
    }
    return takeOneMoreOfAll(uses);
  }

  /** Counts the account's creations of a kind in the window that ends now. */
  private usedOf(account: Principal, kind: ExportKind, { windowSeconds }: RateLimit): UsedWindow {
    const since = this.records.clock.in(-windowSeconds);
    const used = [...this.records.exports.values()]
      .filter((record) => record.kind === kind && record.createdAt > since && goesOn(account, record))
      .map(({ createdAt }) => createdAt.getTime());
    const reset = used.length === 0 ? null : Math.ceil((Math.min(...used) - since.getTime()) / 1000);
    return { used: used.length, reset };
  }
}

/** A transaction that throws is a promise that rejects. */
function attempt<Result>(work: () => Result): Promise<Result> {
  return new Promise((resolve) => {
    resolve(work());
  });
}

function isOwn(record: ExportRecord, id: string, principal: Principal): boolean {
  return record.id === id && isVisibleTo(principal, record);
}

function mayBecome({ status }: ExportRecord, next: ExportStatus): boolean {
  return statusesBefore(next).includes(status);
}

function goesOn(account: Principal, record: ExportRecord): boolean {
  return isVisibleTo(account, record) && (isCustomer(account) || record.requestedBy === 'user');
}
