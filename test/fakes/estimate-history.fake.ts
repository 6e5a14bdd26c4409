import type { EstimateOutcome } from '../../src/preview/model/domain/estimate-correction';
import { EstimateHistory } from '../../src/preview/model/domain/interfaces/estimate-history';
import type { FakeRecords } from './fake-records';

/** The finished exports of a `FakeRecords`. */
export class FakeEstimateHistory extends EstimateHistory {
  constructor(private readonly records: FakeRecords) {
    super();
  }

  override findLatest(kind: string, format: string): Promise<EstimateOutcome[]> {
    const finished = [...this.records.exports.values()].filter(
      (record) => record.kind === kind && record.format === format,
    );
    const latest = finished.toSorted((one, other) => Number(other.completedAt) - Number(one.completedAt)).slice(0, 100);
    return Promise.resolve(
      latest.flatMap(({ estimate, completedAt, startedAt, streamed, recordCount, pageCount, fileSize }) => {
        if (!estimate || !completedAt) return [];
        const seconds = streamed || !startedAt ? null : (completedAt.getTime() - startedAt.getTime()) / 1000;
        const { model, count: estimatedCount } = estimate;
        return [{ model, estimatedCount, count: recordCount ?? pageCount, fileSize, seconds }];
      }),
    );
  }
}
