import type { Page } from '../../../../platform/paging';
import type { AuditRecord } from '../audit-record';
import type { ExportStats } from '../export-stats';

/** What is looked at: from the one moment on, up to the other but not including it. */
export interface Period {
  readonly from?: Date;
  readonly to?: Date;
}

export interface AuditQuery extends Period {
  readonly size: number;
  /** The id of the entry before the page. */
  readonly cursor?: string;
  readonly userId?: string;
  readonly customerId?: string;
  readonly tenantId?: string;
  /** The whole of one, or its beginning with an asterisk behind it. */
  readonly action?: string;
  readonly exportId?: string;
  readonly scheduleId?: string;
  readonly address?: string;
}

/** A log has no end; nobody counts further to learn how long a list is. */
export const MAX_COUNTED = 10_000;

/** What is still to be done. */
export interface Backlog {
  readonly pending: number;
  readonly processing: number;
  /** For how long the pending one that has waited longest has been waiting; 0 where none is pending. */
  readonly oldestWaitingSeconds: number;
}

/** All that happened, for those who answer for it. */
export abstract class ReportingRepository {
  /** As the records have it, whatever the queue thinks. */
  abstract backlog(): Promise<Backlog>;

  /** @param tenantId whose exports are meant; `null` for all there are */
  abstract stats(tenantId: string | null, period: Period): Promise<ExportStats>;

  /**
   * Newest first. The count ends at `MAX_COUNTED`.
   * @param tenantId whose entries are meant; `null` for all there are
   */
  abstract log(tenantId: string | null, query: AuditQuery): Promise<Page<AuditRecord>>;
}
