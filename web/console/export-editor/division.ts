import type { RowsFormat } from './format-options';

/** The formats whose rows can be divided into files. A test compares them with the description of the API. */
export const DIVISIBLE_FORMATS = ['csv', 'ndjson', 'parquet'] as const;

export const DIVISIONS = ['parts', 'max_part_rows', 'max_part_bytes', 'partition_by'] as const;
export const UNITS = ['year', 'month', 'day', 'hour', 'value'] as const;

/** How an export is divided into files, as a person enters it. */
export interface Division {
  /** Empty for one file. */
  readonly by: '' | (typeof DIVISIONS)[number];
  /** A number; of bytes in megabytes. */
  readonly size: string;
  readonly column: string;
  readonly unit: (typeof UNITS)[number];
}

export const UNDIVIDED: Division = { by: '', size: '', column: '', unit: 'month' };

const MEGABYTE = 1024 * 1024;

export function isDivisible(format: RowsFormat, tables: number): boolean {
  return tables === 1 && DIVISIBLE_FORMATS.some((name) => name === format);
}

/** The options of the request. */
export function toDivisionOptions({ by, size, column, unit }: Division): object {
  if (by === '') return {};
  if (by === 'partition_by') return { partition_by: { column: column.trim(), unit } };
  return { [by]: by === 'max_part_bytes' ? Math.round(Number(size) * MEGABYTE) : Number(size) };
}

export function fromDivisionOptions(options: Readonly<Record<string, unknown>>): Division {
  const by = DIVISIONS.find((name) => options[name] !== undefined);
  if (!by) return UNDIVIDED;
  const value = options[by];
  if (typeof value === 'number')
    return { ...UNDIVIDED, by, size: String(by === 'max_part_bytes' ? value / MEGABYTE : value) };
  const { column, unit } = Object(value) as { column?: unknown; unit?: unknown };
  if (typeof column !== 'string') return UNDIVIDED;
  return { ...UNDIVIDED, by, column, unit: UNITS.find((known) => known === unit) ?? 'month' };
}
