import { Injectable } from '@nestjs/common';
import type { Person } from '../../../platform/auth/principal';
import type { DeliveryPlan } from '../../../platform/outbox/planned-delivery';
import type { ExportFormat, ExportOptions } from '../../../formats';
import type { Export } from '../domain/export';
import { ExportRepository } from '../domain/interfaces/export.repository';
import { ownerOf } from '../domain/record-owner';
import { ExportService } from './export.service';

export interface ScheduledRunRequest {
  /** Which id the export shall have: a repeat of the request finds it, and makes no second one. */
  readonly id: string;
  readonly scheduleId: string;
  readonly owner: Person;
  readonly format: ExportFormat;
  /** With the filters and options, what the catalog granted when the schedule was saved. */
  readonly dataTypes: readonly string[];
  readonly filters: unknown;
  readonly options: ExportOptions;
  readonly audited: Readonly<Record<string, string>>;
  readonly delivery: DeliveryPlan;
  readonly retentionSeconds: number | null;
}

/** What schedules may ask of exports. */
@Injectable()
export class ExportsForScheduledExport {
  constructor(
    private readonly exports: ExportService,
    private readonly records: ExportRepository,
  ) {}

  /** Begins a run's export, once for its id. It counts for no limit. */
  async request({ owner, ...request }: ScheduledRunRequest): Promise<Export> {
    const creation = await this.exports.request({
      ...request,
      caller: owner,
      owner: ownerOf(owner),
      kind: 'data',
      type: 'scheduled',
      sessionId: null,
      eventId: null,
      oneTime: false,
      expected: { done: 0, total: null, unit: 'rows' },
      rateLimit: null,
      idempotencyKey: null,
    });
    return creation.export;
  }

  /** Those of the exports that exist, as they are now. */
  findAll(ids: readonly string[]): Promise<Export[]> {
    return this.records.findAll(ids);
  }
}
