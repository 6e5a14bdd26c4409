import type { TableColumn } from '../../model/domain/table';
import type { HeaderKind } from './table-options';

/** The lines above the rows. */
export function headerLines(columns: readonly TableColumn[], kind: HeaderKind): string[][] {
  const labels = columns.map(({ label }) => label);
  const keys = columns.map(({ key }) => key);
  return { labels: [labels], keys: [keys], both: [labels, keys] }[kind];
}
