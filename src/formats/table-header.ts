import type { TableColumn } from './table';
import type { HeaderKind } from './table-options';

/**
 * The lines above the rows. A label says what the cells below it do not: in which unit they are, and by which clock.
 * @param zone of the moments below
 */
export function headerLines(columns: readonly TableColumn[], kind: HeaderKind, zone: string): string[][] {
  const labels = columns.map(({ label, type }) => {
    if (type === 'duration') return `${label} (s)`;
    return type === 'moment' ? `${label} (${zone})` : label;
  });
  const keys = columns.map(({ key }) => key);
  return { labels: [labels], keys: [keys], both: [labels, keys] }[kind];
}
