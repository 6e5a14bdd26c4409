import type { Person, Principal } from '../../../../platform/auth/principal';
import type { IdempotentRequest } from '../../../../platform/idempotent-request';
import type { Page } from '../../../../platform/paging';
import type { DeliveryPlan } from '../../../../platform/outbox/planned-delivery';
import type { RateLimit, RateLimitState, UsedWindow } from '../../../../platform/rate-limit';
import type { Export, ExportDescription, RecordOwner } from '../export';
import type { ExportEstimate } from '../export-estimate';
import type { ExportKind } from '../export-kind';
import type { ExportFormat, Progress } from '../../../../formats';
import type { ExportStatus } from '../export-status';

export interface ExportCreation {
  readonly export: Export;
  /** False for a repeat under the same idempotency key or id. */
  readonly isNew: boolean;
  /** `null` without a limit, and for a repeat, which does not count. */
  readonly rateLimit: RateLimitState | null;
  /** The generated secret of its webhook, shown only here. */
  readonly webhookSecret?: string;
}

/** An export to create, complete and valid. */
export interface RequestExport extends ExportDescription {
  readonly id?: string;
  readonly caller: Principal;
  readonly owner: RecordOwner;
  readonly kind: ExportKind;
  readonly params: unknown;
  readonly format: ExportFormat;
  readonly scheduleId: string | null;
  readonly oneTime: boolean;
  /** Whether it takes one of the slots for large exports. */
  readonly isLarge: boolean;
  readonly delivery: DeliveryPlan;
  readonly retentionSeconds: number | null;
  /** What is known of the work ahead; the real figures follow when it starts. */
  readonly expected: Progress;
  /** `null` if it could not be estimated. */
  readonly estimate: ExportEstimate | null;
  /** How many rows the estimate may have; `null` for no limit. */
  readonly maxEstimatedRows: number | null;
  /** How many exports of this kind the caller may request. */
  readonly rateLimit: RateLimit | null;
  /** The limit of the external system that co-owns an export which a person requests. */
  readonly customerRateLimit: RateLimit | null;
  /** The kinds that the limits count together; its own if absent. */
  readonly limitedKinds?: readonly ExportKind[];
  /** How many requests it counts as in limits; 1 if absent. */
  readonly weight?: number;
  /** What a repeat requests again; its parameters if absent. */
  readonly requested?: unknown;
  readonly audited: Readonly<Record<string, string>>;
  readonly idempotencyKey: string | null;
}

export interface ExportQuery {
  /** Only exports that this principal may see are found. */
  readonly owner: Principal;
  readonly size: number;
  readonly cursor?: string;
  readonly status?: ExportStatus;
  readonly kind?: ExportKind;
  readonly format?: ExportFormat;
  /** The id of the thing that was exported; only with its kind. */
  readonly subject?: string;
}

/** Which version of an export there is, and which person may see it. */
export interface ExportVersion extends Pick<RecordOwner, 'userId' | 'tenantId'> {
  readonly id: string;
  readonly updatedAt: Date;
}

export interface VersionQuery {
  /** The people whose changed exports are found. */
  readonly changedOf: readonly Person[];
  readonly changedWithinMs: number;
  /** The people whose unfinished exports are found, however long ago they changed. */
  readonly unfinishedOf: readonly Person[];
}

/** Exports that contain something, by their parameters. */
export interface DiscardedExports {
  readonly kind: ExportKind;
  /** The parameters have at least these. Lists contain at least these values. */
  readonly params: Readonly<Record<string, unknown>>;
}

/** The reads and writes that create an export, in one transaction. */
export interface ExportCreationTransaction {
  /**
   * A second request under the same key waits here until the transaction of the first one ends.
   * @returns `null` when this request claims the key, else the id that the first request created
   * @throws DomainError mismatch, when the key was used for another request
   */
  claimIdempotencyKey(request: IdempotentRequest, exportId: string): Promise<string | null>;

  /** Makes other creations on the account wait until this transaction ends: they count what it creates. */
  lockAccount(account: Principal): Promise<void>;

  find(id: string): Promise<Export | null>;

  countOpenStreams(owner: Principal): Promise<number>;

  /**
   * Counts the requests of some kinds in the window that ends now, by their weights. Requests for co-owned exports count on the account of the
   * external system, and on that of the person who made them.
   */
  countRequests(
    account: Principal,
    kinds: readonly ExportKind[],
    windowSeconds: number,
  ): Promise<UsedWindow | undefined>;

  /**
   * Writes the record and its audit entry.
   * @param attemptToken makes it a streamed export whose first and only attempt has begun
   */
  insert(id: string, request: RequestExport, attemptToken?: string): Promise<Export>;
}

/** The records of exports, as their owners know them. Every change writes its audit entry in the same transaction. */
export abstract class ExportRepository {
  /** Runs the creation of an export in one transaction, which an error undoes. */
  abstract creating(
    create: (transaction: ExportCreationTransaction) => Promise<ExportCreation>,
  ): Promise<ExportCreation>;

  abstract find(id: string): Promise<Export | null>;

  abstract findOwned(id: string, owner: Principal): Promise<Export | null>;

  /** Those of `ids` that exist. */
  abstract findAll(ids: readonly string[]): Promise<Export[]>;

  /** The versions of the exports of many people at once. An export may be there twice. */
  abstract findVersions(query: VersionQuery): Promise<ExportVersion[]>;

  /** Newest first. */
  abstract list(query: ExportQuery): Promise<Page<Export>>;

  /**
   * Also schedules the removal of what its attempts stored.
   * @returns the cancelled export, or `null` when it was finished
   */
  abstract cancel(id: string, by: Principal): Promise<Export | null>;

  /**
   * Expires a completed export; the sweep deletes its file.
   * @returns the expired export, or `null` when it is not completed, or never had a file
   */
  abstract expire(id: string, by: Principal): Promise<Export | null>;

  /**
   * Cancels the unfinished exports of something that was deleted, and expires the files of the completed ones, for all owners.
   * @returns those that it changed
   */
  abstract discard(discarded: DiscardedExports, by: Principal): Promise<Export[]>;

  /** Makes pending exports overdue now, because they could not be added to the queue. */
  abstract makeDue(exportIds: readonly string[]): Promise<void>;

  /**
   * Counts a download of the whole file, and writes its audit entry.
   * @param part of which only the audit entry is written
   */
  abstract recordDownload(id: string, by: Principal | null, part?: number): Promise<void>;
}
