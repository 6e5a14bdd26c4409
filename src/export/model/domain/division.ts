import type { ExportOptions, FileLimits } from '../../../formats';
import type { FieldError } from '../../../platform/errors/domain-error';
import { DomainError } from '../../../platform/errors/domain-error';

export const PARTITION_UNITS = ['year', 'month', 'day', 'hour', 'value'] as const;
export type PartitionUnit = (typeof PARTITION_UNITS)[number];

/** A folder of files for each value of a column, or for each period that its times are in. */
export interface PartitionBy {
  readonly column: string;
  readonly unit: PartitionUnit;
}

/** How an export is divided into files. At least one member is not `null`. */
export interface Division {
  /** How many files of about equal size. */
  readonly parts: number | null;
  /** How many rows a file may have. */
  readonly maxRows: number | null;
  /** How many bytes a file may have, before it is compressed. */
  readonly maxBytes: number | null;
  readonly partitionBy: PartitionBy | null;
}

/** What one part reads. */
export interface Piece {
  /** JSON of the source: which rows. */
  readonly reads: unknown;
  /** The folder of its files, such as `created_at=2026-01`; `null` for none. */
  readonly folder: string | null;
  readonly limits: FileLimits;
}

/** The parts of an export, in the order of the rows. */
export interface DivisionPlan {
  /** JSON of the source, by which other workers read the same snapshot; `null` if only the leader can. */
  readonly snapshot: object | null;
  readonly pieces: readonly Piece[];
}

export const MIN_PARTS = 2;
export const MAX_PARTS = 1_000;
/** Smaller files would be mostly headers and requests. */
export const MIN_PART_ROWS = 1_000;
export const MIN_PART_BYTES = 1024 * 1024;
/** The files of one export. Clients list and download each of them. */
export const MAX_FILES = 10_000;
/** The folders of one export. Each is a query of its own. */
export const MAX_PARTITIONS = 1_000;

/** The options that divide an export into files. */
export const DIVISION_OPTIONS = ['parts', 'max_part_rows', 'max_part_bytes', 'partition_by'] as const;

/** How the options of an export divide it; `null` for a single file. */
export function divisionOf(options: ExportOptions): Division | null {
  if (!DIVISION_OPTIONS.some((name) => options[name] !== undefined)) return null;
  const number = (value: unknown) => (typeof value === 'number' ? value : null);
  const { parts, max_part_rows: maxRows, max_part_bytes: maxBytes, partition_by: partitionBy } = options;
  return {
    parts: number(parts),
    maxRows: number(maxRows),
    maxBytes: number(maxBytes),
    partitionBy: isPartitionBy(partitionBy) ? partitionBy : null,
  };
}

/** What is wrong with the options that divide an export, by themselves. */
export function findDivisionErrors(options: ExportOptions): FieldError[] {
  const { parts, max_part_rows: maxRows, max_part_bytes: maxBytes, partition_by: partitionBy } = options;
  const errors: FieldError[] = [];
  const check = (field: string, value: unknown, min: number, max: number) => {
    if (value === undefined || (Number.isInteger(value) && Number(value) >= min && Number(value) <= max)) return;
    errors.push({ field, message: `must be a whole number from ${min} to ${max}` });
  };
  check('parts', parts, MIN_PARTS, MAX_PARTS);
  check('max_part_rows', maxRows, MIN_PART_ROWS, Number.MAX_SAFE_INTEGER);
  check('max_part_bytes', maxBytes, MIN_PART_BYTES, Number.MAX_SAFE_INTEGER);
  if (partitionBy !== undefined && !isPartitionBy(partitionBy)) {
    const message = `must be {"column": …, "unit": …}, and the unit one of ${PARTITION_UNITS.join(', ')}`;
    errors.push({ field: 'partition_by', message });
  }
  if (parts !== undefined && (maxRows ?? maxBytes ?? partitionBy) !== undefined) {
    errors.push({
      field: 'parts',
      message: 'must be missing if max_part_rows, max_part_bytes or partition_by is given',
    });
  }
  return errors;
}

/** How many files an export is expected to have; `null` if nothing is known. */
export function expectFiles(
  { parts, maxRows, maxBytes, partitionBy }: Division,
  { count, fileSize }: { readonly count: number | null; readonly fileSize: number | null },
): number | null {
  if (parts !== null) return parts;
  if (partitionBy !== null) return null;
  const byRows = maxRows !== null && count !== null ? Math.ceil(count / maxRows) : 0;
  const byBytes = maxBytes !== null && fileSize !== null ? Math.ceil(fileSize / maxBytes) : 0;
  return Math.max(byRows, byBytes) || null;
}

/** @throws DomainError unprocessable, if an export is expected to need too many files */
export function checkFileCount(
  options: ExportOptions,
  estimate: { readonly count: number | null; readonly fileSize: number | null } | null,
): void {
  const division = divisionOf(options);
  if (division && estimate && (expectFiles(division, estimate) ?? 0) > MAX_FILES) throw tooManyFilesError();
}

export function tooManyFilesError(): DomainError {
  const message = `The export would have more than ${MAX_FILES} files. Allow more rows or bytes in each file.`;
  return new DomainError('unprocessable', 'too-many-parts', message);
}

function isPartitionBy(value: unknown): value is PartitionBy {
  if (typeof value !== 'object' || value === null) return false;
  const { column, unit, ...others } = value as Record<string, unknown>;
  if (typeof column !== 'string' || column === '' || Object.keys(others).length > 0) return false;
  return PARTITION_UNITS.some((known) => known === unit);
}
