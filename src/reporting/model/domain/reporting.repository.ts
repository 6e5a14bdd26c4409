import type { ExportFormat } from '../../../formats';
import type { Page } from '../../../platform/paging';
import type { ExportKind } from '../../../export';
import type { DailyStats } from './daily-stats';
import type { BoundedPeriod, Period } from './period';

/** How true one figure of the estimates of the newest exports was: of at most `MAX_COMPARED_ESTIMATES`. */
export interface EstimateAccuracy {
  /** The median deviation, as a share of what was true. */
  readonly medianDeviation: number | null;
  /** The share of the estimates that deviated by at most `ACCURATE_SHARE`. */
  readonly accurateShare: number | null;
}

/** Estimates that deviate by less are called true. */
export const ACCURATE_SHARE = 0.2;

/** Estimates of older exports are not compared with what was true: earlier corrections made them. */
export const MAX_COMPARED_ESTIMATES = 10_000;

/** How true the estimates of successful exports were. */
export interface EstimateStats {
  /** Successful exports that had an estimate. */
  readonly estimated: number;
  readonly records: EstimateAccuracy;
  readonly bytes: EstimateAccuracy;
  readonly duration: EstimateAccuracy;
}

/** Statistics of a set of exports. */
export interface ExportFigures {
  readonly total: number;
  /** Completed, also when the file has expired since. */
  readonly successful: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly unfinished: number;
  /** From start to completion, of the successful ones; `null` when there are none. */
  readonly averageMs: number | null;
  readonly bytes: number;
  readonly records: number;
  readonly estimates: EstimateStats;
}

export interface ExportStats {
  readonly all: ExportFigures;
  readonly byKind: readonly (ExportFigures & { readonly kind: ExportKind })[];
  readonly byFormat: readonly (ExportFigures & { readonly format: ExportFormat })[];
}

export interface AuditQuery extends Period {
  readonly size: number;
  /** The id of the last entry of the previous page. */
  readonly cursor?: string;
  readonly userId?: string;
  readonly customerId?: string;
  readonly tenantId?: string;
  /** A whole action, or a prefix that ends with `*`. */
  readonly action?: string;
  readonly exportId?: string;
  readonly scheduleId?: string;
  readonly address?: string;
}

/** An entry of the audit log. */
export interface AuditRecord {
  /** Grows with every entry, with gaps. */
  readonly id: bigint;
  readonly at: Date;
  readonly action: string;
  readonly exportId: string | null;
  /** The schedule concerned, also of an entry about one of its runs. */
  readonly scheduleId: string | null;
  /** Who acted; `null` for the service itself. */
  readonly userId: string | null;
  readonly tenantId: string | null;
  /** The external system that acted, for itself or for a user. */
  readonly customerId: string | null;
  readonly requestId: string | null;
  readonly address: string | null;
  readonly details: Readonly<Record<string, unknown>>;
}

/** Matching audit entries are counted up to this number: the log grows without bound. */
export const MAX_COUNTED = 10_000;

/** Reads exports and audit entries of all owners. A `tenantId` of `null` means all tenants. */
export abstract class ReportingRepository {
  abstract stats(tenantId: string | null, period: Period): Promise<ExportStats>;

  abstract dailyStats(tenantId: string | null, period: BoundedPeriod): Promise<DailyStats>;

  /** Newest first. The count ends at `MAX_COUNTED`. */
  abstract findAuditEntries(tenantId: string | null, query: AuditQuery): Promise<Page<AuditRecord>>;
}
