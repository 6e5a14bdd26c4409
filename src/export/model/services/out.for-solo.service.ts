import { Injectable } from '@nestjs/common';
import { isCustomer, type Principal } from '../../../platform/auth/principal';
import { Config } from '../../../platform/config/config';
import type { DeliveryPlan } from '../../../platform/outbox/planned-delivery';
import type { Page } from '../../../platform/paging';
import type { ExportFormat, ExportOptions } from '../../../formats';
import type { Export } from '../domain/export';
import type { RecordOwner } from '../domain/record-owner';
import { isFinished } from '../domain/export-status';
import type { ExportCreation } from '../domain/interfaces/export.repository';
import { ExportService } from './export.service';

export interface BoardExportRequest {
  readonly caller: Principal;
  /** A session that the caller is known to own, alone or with others. */
  readonly session: RecordOwner & { readonly id: string };
  readonly format: ExportFormat;
  readonly options: ExportOptions;
  readonly pageCount: number;
  readonly delivery: DeliveryPlan;
  /** For how many seconds the file is kept; the usual time where it is `null`. */
  readonly retentionSeconds: number | null;
  readonly idempotencyKey: string | null;
}

const MAX_PAGE_SIZE = 200;

/** What boards may ask of exports. */
@Injectable()
export class ExportsForSolo {
  constructor(
    private readonly exports: ExportService,
    private readonly config: Config,
  ) {}

  /** @throws RateLimitExceededError | DomainError mismatch */
  request({ pageCount, session, ...request }: BoardExportRequest): Promise<ExportCreation> {
    const { boards, customers } = this.config;
    return this.exports.request({
      ...request,
      kind: 'board',
      owner: { userId: session.userId, tenantId: session.tenantId, customerId: session.customerId },
      sessionId: session.id,
      eventId: null,
      scheduleId: null,
      oneTime: false,
      type: null,
      dataTypes: [],
      filters: null,
      audited: {},
      expected: { done: 0, total: pageCount, unit: 'pages' },
      rateLimit: isCustomer(request.caller) ? customers.rateLimit : boards.rateLimit,
      customerRateLimit: customers.rateLimit,
    });
  }

  /** The exports of one session, newest first. */
  list(owner: Principal, sessionId: string, size: number, cursor?: string): Promise<Page<Export>> {
    return this.exports.list({ owner, sessionId, size, cursor });
  }

  /** Ends the session's exports and gives up their files: with the session goes what was made of it. */
  async discard(owner: Principal, sessionId: string): Promise<void> {
    let cursor: string | undefined;
    do {
      const page = await this.exports.list({ owner, sessionId, size: MAX_PAGE_SIZE, cursor });
      for (const { id, status } of page.items) {
        if (status === 'completed' || !isFinished(status)) await this.exports.remove(id, owner);
      }
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
  }
}
