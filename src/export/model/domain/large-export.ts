import { availableParallelism } from 'node:os';
import type { Progress } from '../../../formats';
import type { ExportEstimate } from './export-estimate';

const LARGE_ROWS = 100_000;
/** Of drawings, and of rows whose bytes take longer than their number tells. */
const LARGE_SECONDS = 10;

/**
 * Whether an export counts as large when it is requested. Rows that nobody could count may be any number. A drawing without an
 * estimate does not: its budget bounds it.
 */
export function isLargeRequest(expected: Omit<Progress, 'done'>, estimate: ExportEstimate | null): boolean {
  if ((estimate?.seconds ?? 0) >= LARGE_SECONDS) return true;
  return expected.unit === 'rows' && (estimate?.count ?? expected.total ?? Infinity) >= LARGE_ROWS;
}

/** Whether an export is known to be large by what its attempt has found. */
export function isLargeProgress({ done, total, unit }: Progress): boolean {
  return unit === 'rows' && Math.max(done, total ?? 0) >= LARGE_ROWS;
}

/**
 * How many slots of a process large exports may take. More than one for each core would not finish sooner. One slot is left for other
 * exports, unless it is the only one.
 */
export function largeSlotsOf(concurrency: number, cores = availableParallelism()): number {
  return Math.max(1, Math.min(cores, concurrency - 1));
}
