import type { ExportEstimate } from '../export-estimate';
import type { EstimateInput } from '../export-request';

/** Expects how large an export will be. */
export abstract class Estimator {
  /** The estimate that the record of a new export keeps; `null` if there is none. Never prevents the export. */
  abstract forRecord(input: EstimateInput): Promise<ExportEstimate | null>;
}
