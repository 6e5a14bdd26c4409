import type { Row, RowBatch, TableColumn } from './content';
import type { FormatOption } from './options';

/** The option that chooses the header of a computed table. */
export const HEADER = {
  type: 'choice',
  values: ['labels', 'keys', 'both'],
  default: 'labels',
  description: 'The column headers: labels for people, keys for programs, or both',
  appliesTo: ['table'],
} as const satisfies FormatOption;

export type HeaderKind = (typeof HEADER.values)[number];

/** Large enough for few chunks, small enough that long texts never fill many of them at once. */
const CHUNK_CHARACTERS = 128 * 1024;

/**
 * The lines above the rows. A label also names the unit of durations and the time zone of moments.
 * @param zone of the moments in the rows
 */
export function toHeaderLines(columns: readonly TableColumn[], kind: HeaderKind, zone: string): string[][] {
  const labels = columns.map(({ label, type }) => {
    if (type === 'duration') return `${label} (s)`;
    return type === 'moment' ? `${label} (${zone})` : label;
  });
  const keys = columns.map(({ key }) => key);
  return { labels: [labels], keys: [keys], both: [labels, keys] }[kind];
}

/** Rows as UTF-8, in chunks of many rows. */
export async function* encodeRows(
  batches: AsyncIterable<RowBatch>,
  toText: (row: Row) => string,
): AsyncGenerator<Buffer> {
  for await (const rows of batches) {
    let chunk = '';
    for (const row of rows) {
      chunk += toText(row);
      if (chunk.length < CHUNK_CHARACTERS) continue;
      yield Buffer.from(chunk);
      chunk = '';
    }
    if (chunk !== '') yield Buffer.from(chunk);
  }
}
