import { Injectable } from '@nestjs/common';
import type { ExportFormat } from '../../formats';
import { PrismaService } from '../../platform/database/prisma.service';
import type { EstimateOutcome } from '../model/domain/estimate-correction';
import { type ExportKind, toEstimate } from '../../export';
import { EstimateHistory } from '../model/domain/interfaces/estimate-history';

const MAX_OUTCOMES = 100;

@Injectable()
export class PrismaEstimateHistory extends EstimateHistory {
  constructor(private readonly prisma: PrismaService) {
    super();
  }

  override async findLatest(kind: ExportKind, format: ExportFormat): Promise<EstimateOutcome[]> {
    const rows = await this.prisma.$queryRaw<OutcomeRow[]>`
      SELECT estimate, coalesce(record_count, page_count)::float8 AS count, file_size::float8 AS "fileSize",
             CASE WHEN NOT streamed THEN extract(epoch FROM completed_at - started_at)::float8 END AS seconds
      FROM exports
      WHERE kind = ${kind} AND format = ${format} AND estimate IS NOT NULL AND completed_at IS NOT NULL
      ORDER BY completed_at DESC LIMIT ${MAX_OUTCOMES}`;
    return rows.flatMap(({ estimate, ...outcome }) => {
      const expected = toEstimate(estimate);
      return expected ? [{ ...outcome, model: expected.model, estimatedCount: expected.count }] : [];
    });
  }
}

interface OutcomeRow extends Pick<EstimateOutcome, 'count' | 'fileSize' | 'seconds'> {
  readonly estimate: unknown;
}
