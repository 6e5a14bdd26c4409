import { v7 as uuidv7 } from 'uuid';
import { type Export, ownerOf } from '../../src/export/model/domain/export';
import type { FinishedFile } from '../../src/production/model/domain/finished-file';
import type { SealedManifest } from '../../src/production/model/domain/manifest/manifest';
import { ManifestSealer } from '../../src/production/model/services/manifest-sealer';
import type { Piece } from '../../src/export/model/domain/division';
import type { FinishedPart, PartFailure, PublishedFile } from '../../src/production/model/domain/part';
import {
  aggregatedEntry,
  type AnonymousAuditEntry,
  AUDIT_WINDOW_SECONDS,
} from '../../src/platform/audit/aggregated-audit';
import type { AuditEntry } from '../../src/platform/audit/audit-log';
import type { Principal } from '../../src/platform/auth/principal';
import { DomainError } from '../../src/platform/errors/domain-error';
import type { IdempotentRequest } from '../../src/platform/idempotent-request';
import { RequestContext } from '../../src/platform/observability/request-context';
import type { OutboxMessage } from '../../src/platform/outbox/outbox';
import type { Ending } from '../../src/platform/outbox/planned-delivery';
import { SigningKeys } from '../../src/platform/signing/signing-keys';
import type { Schedule } from '../../src/scheduled-export/model/domain/schedule';
import type { ScheduleRun } from '../../src/scheduled-export/model/domain/schedule-run';
import { testConfig } from '../support/test-config';
import { asJson, type ExportRecord, toExport } from './export-record';
import { FakeClock } from './fake-clock';
import { OutboxRecord } from './outbox-record';

export type AuditRecord = AuditEntry & { readonly at: Date };

/** A run, and when it is checked again. */
export interface RunRecord {
  run: ScheduleRun;
  nextCheckAt: Date;
}

/** A part of an export, as its table has it. */
export interface PartRecord {
  readonly exportId: string;
  readonly leaderToken: string;
  readonly number: number;
  readonly piece: Piece;
  readonly snapshot: object | null;
  status: 'waiting' | 'running' | 'done' | 'failed';
  isShared: boolean;
  token: string | null;
  attempts: number;
  heartbeatAt: Date | null;
  retryAt: Date | null;
  rows: number;
  result: FinishedPart | null;
  failure: PartFailure | null;
}

interface StoredIdempotencyKey {
  readonly fingerprint: string;
  readonly resourceId: string;
  readonly createdAt: Date;
}

interface ManifestRecord extends SealedManifest {
  readonly fileSha256: string;
  readonly scheduleId: string | null;
}

interface ExportChange {
  readonly where: (record: ExportRecord) => boolean;
  readonly set: (record: ExportRecord) => Partial<ExportRecord>;
  readonly audit?: (row: Export) => AuditEntry;
  /** Which end is to be notified of. */
  readonly notifies?: Ending;
}

const ENDED: ReadonlySet<string> = new Set(['completed', 'failed', 'cancelled']);

/**
 * The tables that fakes of repositories share, as the adapters share a database. Each method runs to its end before any
 * other code does: that is its transaction.
 */
export class FakeRecords {
  readonly manifests = new Map<string, ManifestRecord>();

  constructor(private readonly sealer = new ManifestSealer(new SigningKeys(testConfig()))) {}

  readonly clock = new FakeClock();
  readonly exports = new Map<string, ExportRecord>();
  /** In the order of their exports and numbers. */
  parts: PartRecord[] = [];
  /** By the ids of their exports. */
  readonly files = new Map<string, PublishedFile[]>();
  readonly outbox = new Map<string, OutboxRecord>();
  readonly schedules = new Map<string, Schedule>();
  readonly runs = new Map<string, RunRecord>();
  /** When the schedules of each owner ran by themselves. */
  readonly scheduledRuns = new Map<string, Date[]>();
  readonly auditLog: AuditRecord[] = [];
  private readonly auditAggregates = new Map<string, { writtenAt: Date; pending: AnonymousAuditEntry[] }>();
  /** The prefixes of the files that are to be removed from storage. */
  readonly fileRemovals: string[] = [];
  readonly idempotencyKeys = new Map<string, StoredIdempotencyKey>();
  /** Called in the "transaction" in which an export ends, or a delivery of it is attempted. */
  readonly exportListeners: ((exportId: string) => void)[] = [];

  /** Changes every export that meets the condition, with its audit entry and its messages. */
  changeExports({ where, set, audit, notifies }: ExportChange): Export[] {
    const changed = [...this.exports.values()].filter(where).sort(byId);
    return changed.map((record) => {
      Object.assign(record, set(record), { updatedAt: this.clock.now() });
      const row = this.toExport(record);
      if (audit) this.audit(audit(row));
      if (notifies) this.post(...messagesOf(row, notifies));
      if (ENDED.has(row.status)) this.emitExport(row.id);
      return row;
    });
  }

  /** Seals the manifest of a file that was published. */
  storeManifest(source: Export, file: FinishedFile): SealedManifest {
    const { id, scheduleId } = source;
    const chain = [...this.manifests.values()].filter(
      (other) => scheduleId !== null && other.scheduleId === scheduleId,
    );
    const sealed = this.sealer.seal(source, file, chain.at(-1)?.sha256 ?? null);
    this.manifests.set(id, { ...sealed, fileSha256: file.parts ? sealed.sha256 : file.sha256, scheduleId });
    return sealed;
  }

  emitExport(exportId: string): void {
    for (const listener of this.exportListeners) listener(exportId);
  }

  toExport(record: ExportRecord): Export {
    return toExport(record, this.clock.now());
  }

  audit(entry: AuditEntry): void {
    this.auditLog.push({ ...entry, at: this.clock.now() });
  }

  /** One entry a minute, of a network that is always the same. */
  auditAggregated(entry: AnonymousAuditEntry): void {
    const subject = `${entry.action} ${entry.exportId}`;
    const kept = this.auditAggregates.get(subject);
    const pending = [...(kept?.pending ?? []), entry];
    if (kept && kept.writtenAt > this.clock.in(-AUDIT_WINDOW_SECONDS)) kept.pending = pending;
    else {
      const isMixed = pending.some((other) => JSON.stringify(other) !== JSON.stringify(entry));
      this.audit(aggregatedEntry(entry, pending.length, { isMixed, origin: {} }));
      this.auditAggregates.set(subject, { writtenAt: this.clock.now(), pending: [] });
    }
  }

  /** What was posted of one export, event and channel before is not posted again. */
  post(...messages: readonly OutboxMessage[]): void {
    const requestId = RequestContext.current()?.requestId ?? null;
    for (const message of messages) {
      const isKnown = [...this.outbox.values()].some((other) => message.exportId !== null && isSame(other, message));
      if (isKnown) continue;
      const record = new OutboxRecord(uuidv7(), asJson(message), requestId, this.clock.now());
      this.outbox.set(record.id, record);
    }
  }

  /**
   * The resource that the key made before, if any.
   * @throws DomainError mismatch
   */
  resourceOf({ owner, key, fingerprint }: IdempotentRequest): string | null {
    const earlier = this.idempotencyKeys.get(nameOf(owner, key));
    if (!earlier) return null;
    if (earlier.fingerprint === fingerprint) return earlier.resourceId;
    throw new DomainError(
      'mismatch',
      'idempotency-key-reused',
      'This Idempotency-Key was used for a different request',
    );
  }

  storeIdempotencyKey({ owner, key, fingerprint }: IdempotentRequest, resourceId: string): void {
    this.idempotencyKeys.set(nameOf(owner, key), { fingerprint, resourceId, createdAt: this.clock.now() });
  }
}

function nameOf(owner: string, key: string): string {
  return JSON.stringify([owner, key]);
}

function isSame(
  one: Pick<OutboxMessage, 'exportId' | 'event' | 'channel'>,
  other: Pick<OutboxMessage, 'exportId' | 'event' | 'channel'>,
): boolean {
  return one.exportId === other.exportId && one.event === other.event && one.channel === other.channel;
}

export function byId(one: { readonly id: string }, other: { readonly id: string }): number {
  return one.id < other.id ? -1 : 1;
}

interface AuditedStep {
  /** The owner where it is left out, `null` for the service itself or the bearer of a link. */
  readonly by?: Principal | null;
  readonly details?: AuditEntry['details'];
}

/** What an audit entry says of the export that it is about. */
export function auditOf(row: Export, action: string, { by, details }: AuditedStep = {}): AuditEntry {
  const anonymous = { userId: null, customerId: null };
  const { userId, customerId } = by === undefined ? row : by === null ? anonymous : ownerOf(by);
  const { id: exportId, scheduleId, tenantId, requestId } = row;
  return { action, exportId, scheduleId, userId, customerId, tenantId, requestId, details };
}

/** What is planned to be notified of an end. */
export function messagesOf(row: Export, end: Ending): OutboxMessage[] {
  const { id: exportId, scheduleId, userId, tenantId, customerId, deliveries } = row;
  return deliveries
    .filter(({ on }) => on.includes(end))
    .map(({ channel, target }) => ({
      event: `export.${end}`,
      exportId,
      scheduleId,
      userId,
      tenantId,
      customerId,
      channel,
      target,
    }));
}
