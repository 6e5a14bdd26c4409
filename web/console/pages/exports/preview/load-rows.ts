import type { Export } from '@export-service/client';
import { client } from '../../../session/session';
import { isParquet } from '../describe-export';
import { partsOf } from './file-parts';
import { readParquetRows } from './parquet-rows';
import type { ShownRows } from './shown-rows';

/**
 * Loads the first rows of a file: of Parquet from the file itself, otherwise from the service, which reads it.
 * @throws PartsUnavailableError | ExportServiceError
 */
export async function loadRows(record: Export, rows: number, signal: AbortSignal): Promise<ShownRows> {
  if (isParquet(record)) return readParquetRows(partsOf(record, signal), rows);
  const preview = await client.exports.preview(record.id, { rows, signal });
  return {
    columns: preview.columns.map((name) => ({ name })),
    rows: preview.rows,
    isComplete: preview.is_complete,
    hasShortened: preview.truncated_cells.length > 0,
    leftOut: 0,
  };
}
