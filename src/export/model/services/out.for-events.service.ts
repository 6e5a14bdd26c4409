import { Injectable } from '@nestjs/common';
import type { ExportInput } from '../domain/export-request';
import type { ExportCreation } from '../domain/interfaces/export.repository';
import { ExportService } from './export.service';

export interface ResultsExportRequest extends Omit<ExportInput<{ readonly eventId: string }>, 'kind' | 'expected'> {
  /** The number of rows. */
  readonly participantCount: number;
}

/** What events may ask of exports. */
@Injectable()
export class ExportsForEvents {
  constructor(private readonly exports: ExportService) {}

  /** @throws RateLimitExceededError | DomainError mismatch */
  request({ participantCount, ...request }: ResultsExportRequest): Promise<ExportCreation> {
    return this.exports.request({
      ...request,
      kind: 'event',
      audited: { event: request.params.eventId },
      expected: { total: participantCount, unit: 'rows' },
    });
  }
}
