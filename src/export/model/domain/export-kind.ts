/** What an export reads, such as `board`: the name of its source. */
export type ExportKind = string;

const kinds: ExportKind[] = [];

/** The kinds of all sources that the program contains, sorted. Complete once the program is loaded. */
export const EXPORT_KINDS: readonly ExportKind[] = kinds;

export function registerExportKind(kind: ExportKind): void {
  if (!kinds.includes(kind)) kinds.push(kind);
  kinds.sort();
}
