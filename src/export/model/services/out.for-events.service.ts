import { Injectable } from '@nestjs/common';
import { isCustomer, type Principal } from '../../../platform/auth/principal';
import { Config } from '../../../platform/config/config';
import type { DeliveryPlan } from '../../../platform/outbox/planned-delivery';
import type { ExportFormat, ExportOptions } from '../../../formats';
import type { ExportCreation } from '../domain/interfaces/export.repository';
import { ownerOf } from '../domain/record-owner';
import { ExportService } from './export.service';

export interface ResultsExportRequest {
  readonly caller: Principal;
  /** An event that is known to be the caller's. */
  readonly eventId: string;
  readonly format: ExportFormat;
  readonly options: ExportOptions;
  /** Whether the first complete download deletes the file. */
  readonly oneTime: boolean;
  /** How many rows there will be. */
  readonly participantCount: number;
  readonly delivery: DeliveryPlan;
  /** For how many seconds the file is kept; the usual time where it is `null`. */
  readonly retentionSeconds: number | null;
  readonly idempotencyKey: string | null;
}

/** What events may ask of exports. */
@Injectable()
export class ExportsForEvents {
  constructor(
    private readonly exports: ExportService,
    private readonly config: Config,
  ) {}

  /** @throws RateLimitExceededError | DomainError mismatch */
  request({ participantCount, ...request }: ResultsExportRequest): Promise<ExportCreation> {
    const { exports, customers } = this.config;
    return this.exports.request({
      ...request,
      kind: 'event',
      type: null,
      owner: ownerOf(request.caller),
      sessionId: null,
      scheduleId: null,
      dataTypes: [],
      filters: null,
      audited: { event: request.eventId },
      expected: { done: 0, total: participantCount, unit: 'rows' },
      rateLimit: isCustomer(request.caller) ? customers.rateLimit : exports.rateLimit,
    });
  }
}
