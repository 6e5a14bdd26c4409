import { Injectable } from '@nestjs/common';
import type { UserPrincipal } from '../../../platform/auth/principal';
import { Config } from '../../../platform/config/config';
import type { DeliveryPlan } from '../../../platform/outbox/planned-delivery';
import type { RequestExport } from '../domain/commands/request-export.command';
import type { ExportFormat, ExportOptions } from '../../../formats';
import { ownerOf } from '../domain/record-owner';
import type { ExportCreation } from '../domain/interfaces/export.repository';
import { ExportStreaming, type StreamedExport } from './export-streaming';
import { ExportService } from './export.service';

/** A data export that is known to be within the caller's rights. */
export interface DataExportRequest {
  readonly caller: UserPrincipal;
  readonly type: string;
  readonly format: ExportFormat;
  readonly dataTypes: readonly string[];
  readonly filters: unknown;
  readonly options: ExportOptions;
  /** What is read and whose it is, for the audit log. */
  readonly audited: Readonly<Record<string, string>>;
  readonly delivery: DeliveryPlan;
  /** For how many seconds the file is kept; the usual time where it is `null`. */
  readonly retentionSeconds: number | null;
  readonly idempotencyKey: string | null;
}

/** What the catalog may ask of exports. */
@Injectable()
export class ExportsForCatalog {
  constructor(
    private readonly exports: ExportService,
    private readonly streaming: ExportStreaming,
    private readonly config: Config,
  ) {}

  /** Makes a file in the background. @throws RateLimitExceededError | DomainError mismatch */
  request(request: DataExportRequest): Promise<ExportCreation> {
    return this.exports.request(this.commandOf(request));
  }

  /** Gives the rows at once. @throws RateLimitExceededError | DomainError mismatch */
  stream(request: DataExportRequest): Promise<StreamedExport> {
    return this.streaming.open(this.commandOf(request));
  }

  private commandOf(request: DataExportRequest): RequestExport {
    return {
      ...request,
      kind: 'data',
      owner: ownerOf(request.caller),
      sessionId: null,
      eventId: null,
      scheduleId: null,
      oneTime: false,
      expected: { done: 0, total: null, unit: 'rows' },
      rateLimit: this.config.exports.rateLimit,
    };
  }
}
