import { decompress } from './decompress.js';
import type { Manifest, ManifestFile } from './manifest.js';
import { readBytes, type VerifiableFile } from './verifiable-file.js';

const LINE_FEED = 0x0a;
const QUOTE = 0x22;
const CSV = /^text\/csv\b/;
const NDJSON = 'application/x-ndjson';
const PARQUET = 'application/vnd.apache.parquet';
const GZIP = 'application/gzip';

/** The rows of a file cannot be counted because it is not what its format says. */
export class UnreadableRowsError extends Error {
  override readonly name = 'UnreadableRowsError';
}

/** Counts rows while bytes pass. */
export interface RowCounter {
  /** Rows of which the first byte has passed. */
  readonly rows: number;
  update(chunk: Uint8Array): void;
  /** @throws UnreadableRowsError */
  finish(): number;
}

/** Counts the rows of a text that is not compressed; `null` for other files. */
export function rowCounterOf({ media_type: type }: ManifestFile, { request }: Manifest): RowCounter | null {
  if (CSV.test(type)) return csvCounter(request);
  return type === NDJSON ? new LineCounter(0, false) : null;
}

/**
 * Counts the rows of a file that must be read once more for it: of compressed text and of Parquet.
 * @returns `null` for other files
 * @throws UnreadableRowsError
 */
export async function countRows(
  file: VerifiableFile,
  { media_type: type }: ManifestFile,
  { export: { format }, request }: Manifest,
): Promise<number | null> {
  try {
    if (type === PARQUET) return await countParquetRows(file);
    if (type !== GZIP || !['csv', 'ndjson'].includes(format)) return null;
    const counter = format === 'csv' ? csvCounter(request) : new LineCounter(0, false);
    for await (const chunk of decompress(file.read(), 'gzip')) counter.update(chunk);
    return counter.finish();
  } catch (error) {
    if (error instanceof UnreadableRowsError) throw error;
    throw new UnreadableRowsError(error instanceof Error ? error.message : String(error));
  }
}

function csvCounter({ options }: Manifest['request']): RowCounter {
  return new LineCounter(options['header'] === 'both' ? 2 : 1, true);
}

/** Counts lines. Those of RFC 4180 do not end within quotes: a quote that is doubled ends a quoted text and begins it again. */
class LineCounter implements RowCounter {
  private lines = 0;
  private isQuoted = false;
  private isWithinLine = false;

  constructor(
    private readonly headers: number,
    private readonly hasQuotes: boolean,
  ) {}

  get rows(): number {
    return Math.max(0, this.lines + Number(this.isWithinLine) - this.headers);
  }

  update(chunk: Uint8Array): void {
    let lineStart = 0;
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at];
      if (byte === QUOTE && this.hasQuotes) this.isQuoted = !this.isQuoted;
      else if (byte === LINE_FEED && !this.isQuoted) {
        this.lines += 1;
        lineStart = at + 1;
      }
    }
    if (chunk.length > 0) this.isWithinLine = lineStart < chunk.length;
  }

  finish(): number {
    if (this.isQuoted) throw new UnreadableRowsError('The last quoted text does not end.');
    const { rows } = this;
    if (this.lines + Number(this.isWithinLine) < this.headers) throw new UnreadableRowsError('There is no header.');
    return rows;
  }
}

async function countParquetRows(file: VerifiableFile): Promise<number> {
  // Only few files are Parquet.
  const { parquetMetadataAsync } = await import('hyparquet');
  const { num_rows: rows } = await parquetMetadataAsync({
    byteLength: file.size,
    slice: async (start, end) => (await readBytes(file, start, end)).buffer,
  });
  return Number(rows);
}
