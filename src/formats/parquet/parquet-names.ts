import type { ExportWarning } from '../content';

export interface ParquetName {
  readonly original: string;
  /** Differs from all others, also where readers ignore case. */
  readonly name: string;
}

/** The names that the columns of a table have in its file: most readers of Parquet ignore case. */
export class ParquetNames {
  private readonly taken = new Set<string>();

  next(original: string): ParquetName {
    let name = original;
    for (let number = 2; this.taken.has(name.toLowerCase()); number += 1) name = `${original}_${number}`;
    this.taken.add(name.toLowerCase());
    return { original, name };
  }
}

export function renamingWarnings(table: string, names: readonly ParquetName[]): ExportWarning[] {
  return names
    .filter(({ original, name }) => name !== original)
    .map(({ original, name }) => {
      const place = `${JSON.stringify(original)} of ${JSON.stringify(table)}`;
      const text = `The column ${place} is named ${JSON.stringify(name)}: many readers of Parquet ignore case.`;
      return { code: 'column-renamed', text };
    });
}
