import type { ExportWarning } from '../../../formats';
import type { ExportEstimate, SampleTable } from '../../../export';

/** How many rows of each table an estimate shows. */
export const SAMPLE_ROWS = 5;

/** An estimate as its caller sees it. */
export interface DetailedEstimate extends ExportEstimate {
  /** Of how many files it would consist; `null` for a single file, and if it is not known. */
  readonly files: number | null;
  readonly samples: readonly SampleTable[];
  readonly warnings: readonly ExportWarning[];
}
