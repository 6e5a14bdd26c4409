import type { ContentKind, ExportWarning, ProgressUnit, TableForecast } from '../../../formats';
import { DomainError } from '../../../platform/errors/domain-error';

/** The first rows of a table, as the export would have them. */
export interface SampleTable {
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
}

/** What a source expects an export to read, before any format has written it. */
export interface SourceEstimate {
  readonly unit: ProgressUnit;
  /** The number of rows or pages; `null` if nothing is known. */
  readonly count: number | null;
  /** What `open` would return. */
  readonly content: ContentKind;
  /** The tables, whose size in the file the format knows. Empty for content that is not rows. */
  readonly tables: readonly TableForecast[];
  /** The size and the seconds of content that is not rows; `null` if nothing is known. */
  readonly drawn?: { readonly bytes: number; readonly seconds: number } | null;
  readonly samples: readonly SampleTable[];
  readonly warnings: readonly ExportWarning[];
}

/** What was expected of an export, as its record keeps it. */
export interface ExportEstimate {
  readonly unit: ProgressUnit;
  /** The number of rows or pages. */
  readonly count: number | null;
  readonly fileSize: number | null;
  readonly seconds: number | null;
  /** The size and the seconds before finished exports corrected them: what corrections are learnt from. */
  readonly model: { readonly bytes: number | null; readonly seconds: number | null };
}

/** The figures of an estimate, by their names in the API. */
export function toEstimateFigures({ count, fileSize, seconds }: ExportEstimate) {
  return { record_count: count, file_size: fileSize, duration_seconds: seconds };
}

/**
 * Refuses an export that is expected to have too many rows.
 * @param maxRows `null` for no limit
 * @throws DomainError unprocessable, with the estimate
 */
export function checkEstimatedRows(estimate: ExportEstimate | null, maxRows: number | null): void {
  if (estimate === null || estimate.unit !== 'rows' || maxRows === null || (estimate.count ?? 0) <= maxRows) return;
  const [expected, allowed] = [estimate.count ?? 0, maxRows].map((rows) => rows.toLocaleString('en'));
  const message =
    `The export is expected to have ${expected} rows; at most ${allowed} are allowed. ` +
    'Add filters, such as a shorter period, or export fewer tables, and request the rest as further exports.';
  throw new DomainError('unprocessable', 'too-many-rows', message, {
    extensions: { estimate: toEstimateFigures(estimate) },
  });
}
