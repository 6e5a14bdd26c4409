import { Injectable } from '@nestjs/common';
import type { Person } from '../../../platform/auth/principal';
import type { DeliveryPlan } from '../../../platform/outbox/planned-delivery';
import type { ExportFormat, ExportOptions } from '../../../formats';
import { type Export, ownerOf } from '../domain/export';
import { ExportRepository } from '../domain/interfaces/export.repository';
import { ExportSources } from './export-sources';
import { ExportService } from './export.service';

export interface ScheduledRunRequest {
  /** The id of the export: a repeat of the request creates no second one. */
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
    private readonly sources: ExportSources,
    private readonly records: ExportRepository,
  ) {}

  /** Requests the export of a run, once for its id. It counts towards no limit. */
  async request({ owner: caller, dataTypes, filters, options, ...request }: ScheduledRunRequest): Promise<Export> {
    // Schedules keep what they export as a description, in the form that release 0.1.0 reads.
    const described = { subject: null, type: 'scheduled', dataTypes, filters, options };
    const creation = await this.exports.request({
      ...request,
      caller,
      kind: 'data',
      params: this.sources.source('data').recover(described, ownerOf(caller)),
      options,
      expected: { total: null, unit: 'rows' },
      idempotencyKey: null,
    });
    return creation.export;
  }

  /** Those of the exports that exist. */
  findAll(ids: readonly string[]): Promise<Export[]> {
    return this.records.findAll(ids);
  }
}
