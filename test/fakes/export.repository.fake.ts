import { toAuditDetails } from '../../src/export/model/domain/export-request';
import {
  type DiscardedExports,
  type RequestExport,
  type ExportCreation,
  type ExportCreationTransaction,
  type ExportQuery,
  ExportRepository,
  type ExportVersion,
  type VersionQuery,
} from '../../src/export/model/domain/interfaces/export.repository';
import { credentialTypeOf } from '../../src/export/model/domain/downloads';
import { type Export, objectPrefix } from '../../src/export/model/domain/export';
import type { ExportKind } from '../../src/export/model/domain/export-kind';
import { type ExportStatus, statusesBefore } from '../../src/export/model/domain/export-status';
import { isCustomer, type Person, type Principal } from '../../src/platform/auth/principal';
import type { Page } from '../../src/platform/paging';
import type { IdempotentRequest } from '../../src/platform/idempotent-request';
import { RequestContext } from '../../src/platform/observability/request-context';
import type { UsedWindow } from '../../src/platform/rate-limit';
import { type ExportRecord, isVisibleTo, recordOf } from './export-record';
import type { ExportTerms } from './export-terms';
import { auditOf, type FakeRecords } from './fake-records';
import { pageOf } from './fake-page';
import { keptUntil } from './published-file';

/** The exports of a `FakeRecords`, as their owners know them. */
export class FakeExportRepository extends ExportRepository {
  private lastCreation: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly records: FakeRecords,
    private readonly terms: ExportTerms,
  ) {
    super();
  }

  /** One creation at a time: that is their transaction. */
  override creating(
    create: (transaction: ExportCreationTransaction) => Promise<ExportCreation>,
  ): Promise<ExportCreation> {
    const run = this.lastCreation.then(async () => {
      const keys = new Map(this.records.idempotencyKeys);
      try {
        return await create(new FakeCreation(this.records, this.terms));
      } catch (error) {
        this.records.idempotencyKeys.clear();
        for (const [name, key] of keys) this.records.idempotencyKeys.set(name, key);
        throw error;
      }
    });
    this.lastCreation = run.catch(() => undefined);
    return run;
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

  override findVersions({ changedOf, changedWithinMs, unfinishedOf }: VersionQuery): Promise<ExportVersion[]> {
    const since = this.records.clock.in(-changedWithinMs / 1000);
    const isOf = (people: readonly Person[], record: ExportRecord) =>
      people.some((person) => isVisibleTo(person, record));
    const found = [...this.records.exports.values()].filter(
      (record) =>
        (record.updatedAt > since && isOf(changedOf, record)) ||
        (statusesBefore('cancelled').includes(record.status) && isOf(unfinishedOf, record)),
    );
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

  override discard(discarded: DiscardedExports, by: Principal): Promise<Export[]> {
    const cancelled = this.records.changeExports({
      where: (record) => isMeant(record, discarded) && mayBecome(record, 'cancelled'),
      set: () => ({ status: 'cancelled', attemptToken: null }),
      audit: (row) => auditOf(row, 'export.cancelled', { by }),
    });
    this.records.fileRemovals.push(...cancelled.map(({ id }) => objectPrefix(id)));
    const expired = this.records.changeExports({
      where: (record) => isMeant(record, discarded) && !record.streamed && mayBecome(record, 'expired'),
      set: () => ({ status: 'expired', expiresAt: this.records.clock.now() }),
      audit: (row) => auditOf(row, 'export.file-deleted', { by }),
    });
    return Promise.resolve([...cancelled, ...expired]);
  }

  override makeDue(exportIds: readonly string[]): Promise<void> {
    const now = this.records.clock.now();
    for (const record of this.records.exports.values()) {
      const isMeant = record.status === 'pending' && exportIds.includes(record.id);
      if (isMeant && record.enqueueAfter > now) record.enqueueAfter = now;
    }
    return Promise.resolve();
  }

  override recordDownload(id: string, by: Principal | null, part?: number): Promise<void> {
    const record = this.records.exports.get(id);
    if (!record) return Promise.resolve();
    if (part === undefined) {
      const where = (other: ExportRecord) => other === record;
      this.records.changeExports({ where, set: ({ downloadCount }) => ({ downloadCount: downloadCount + 1 }) });
    }
    const details = { by: credentialTypeOf(by), ...(part !== undefined && { part }) };
    const entry = auditOf(this.records.toExport(record), 'export.downloaded', { by, details });
    if (by === null) this.records.auditAggregated(entry);
    else this.records.audit(entry);
    return Promise.resolve();
  }
}

class FakeCreation implements ExportCreationTransaction {
  constructor(
    private readonly records: FakeRecords,
    private readonly terms: ExportTerms,
  ) {}

  claimIdempotencyKey(request: IdempotentRequest, exportId: string): Promise<string | null> {
    return attempt(() => {
      const known = this.records.resourceOf(request);
      if (known === null) this.records.storeIdempotencyKey(request, exportId);
      return known;
    });
  }

  lockAccount(): Promise<void> {
    return Promise.resolve();
  }

  find(id: string): Promise<Export | null> {
    const record = this.records.exports.get(id);
    return Promise.resolve(record ? this.records.toExport(record) : null);
  }

  countOpenStreams(owner: Principal): Promise<number> {
    const open = [...this.records.exports.values()].filter(
      (record) => isVisibleTo(owner, record) && record.streamed && record.status === 'processing',
    );
    return Promise.resolve(open.length);
  }

  countRequests(account: Principal, kinds: readonly ExportKind[], windowSeconds: number): Promise<UsedWindow> {
    const since = this.records.clock.in(-windowSeconds);
    const counted = [...this.records.exports.values()].filter(
      (record) => kinds.includes(record.kind) && record.createdAt > since && countsFor(account, record),
    );
    const moments = counted.map(({ createdAt }) => createdAt.getTime());
    const reset = counted.length === 0 ? null : Math.ceil((Math.min(...moments) - since.getTime()) / 1000);
    return Promise.resolve({ used: counted.reduce((sum, { weight }) => sum + weight, 0), reset });
  }

  insert(id: string, request: RequestExport, attemptToken?: string): Promise<Export> {
    const now = this.records.clock.now();
    const record = recordOf(id, RequestContext.current()?.requestId ?? id, request, now);
    if (attemptToken === undefined) record.expiresAt = keptUntil(record, this.records.clock, this.terms);
    else {
      Object.assign(record, { streamed: true, status: 'processing', attempts: 1, attemptToken });
      Object.assign(record, { heartbeatAt: now, startedAt: now });
    }
    this.records.exports.set(id, record);
    const created = this.records.toExport(record);
    const details = toAuditDetails(request);
    this.records.audit(auditOf(created, 'export.requested', { by: request.caller, details }));
    return Promise.resolve(created);
  }
}

/** A transaction that throws is a promise that rejects. */
function attempt<Result>(work: () => Result): Promise<Result> {
  return new Promise((resolve) => {
    resolve(work());
  });
}

/** The containment of PostgreSQL, for parameters that are lists. */
function isMeant(record: ExportRecord, { kind, params }: DiscardedExports): boolean {
  const known = record.params as Record<string, unknown[]>;
  return (
    record.kind === kind &&
    Object.entries(params).every(([name, values]) =>
      (values as unknown[]).every((value) => known[name]?.includes(value)),
    )
  );
}

function isOwn(record: ExportRecord, id: string, principal: Principal): boolean {
  return record.id === id && isVisibleTo(principal, record);
}

function mayBecome({ status }: ExportRecord, next: ExportStatus): boolean {
  return statusesBefore(next).includes(status);
}

function countsFor(account: Principal, record: ExportRecord): boolean {
  return isVisibleTo(account, record) && (isCustomer(account) || record.requestedBy === 'user');
}
