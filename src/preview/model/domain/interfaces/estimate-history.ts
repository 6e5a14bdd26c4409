import type { ExportFormat } from '../../../../formats';
import type { EstimateOutcome } from '../estimate-correction';
import type { ExportKind } from '../../../../export';

/** Finished exports that had an estimate, of all owners. */
export abstract class EstimateHistory {
  /** The latest of a kind in a format. */
  abstract findLatest(kind: ExportKind, format: ExportFormat): Promise<EstimateOutcome[]>;
}
