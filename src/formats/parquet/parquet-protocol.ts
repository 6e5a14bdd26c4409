/** The file descriptor of the socket, after the three standard streams. */
export const CHANNEL = 3;

/** The memory that DuckDB may use. */
export const MEMORY_MB = 512;

/**
 * Why a process could not write its table: DuckDB cannot be loaded, a row or the rows of a row group are too large, a value
 * cannot be written, or something else.
 */
export type ProcessFault = 'unavailable' | 'too-large' | 'value' | 'other';

/** The only message of a process. */
export type ParquetMessage =
  | {
      readonly kind: 'done';
      /** How many rows the file has. */
      readonly rows: number;
      /** For each counter of the job, how many values became null. */
      readonly discarded: readonly number[];
    }
  | { readonly kind: 'failed'; readonly fault: ProcessFault; readonly reason: string };
