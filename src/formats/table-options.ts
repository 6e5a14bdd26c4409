import type { ExportOptions } from './writer';
import { type RelationOptions, relationOptions } from './relation-options';

/** What stands above the rows: the labels, the keys, or the labels with the keys in a line below them. */
export type HeaderKind = 'labels' | 'keys' | 'both';

/** What the formats of a table may be told; whoever takes the request has checked it. */
export interface TableOptions extends RelationOptions {
  readonly header: HeaderKind;
}

export function tableOptions(options: ExportOptions): TableOptions {
  const { header } = options;
  return { ...relationOptions(options), header: header === 'keys' || header === 'both' ? header : 'labels' };
}
