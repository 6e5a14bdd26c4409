import { type ExportOptions, type FormatOptions, readOptions } from '../options';

export const PDF_TABLE_OPTIONS = {
  page_size: {
    type: 'choice',
    values: ['a4', 'letter'],
    default: 'a4',
    description: 'The paper size',
    appliesTo: ['table'],
  },
  orientation: {
    type: 'choice',
    values: ['auto', 'portrait', 'landscape'],
    default: 'auto',
    description: 'The orientation of the pages; auto chooses by the width of the columns',
    appliesTo: ['table'],
  },
} as const satisfies FormatOptions;

/** Sizes are in points. */
export interface Paper {
  readonly width: number;
  readonly height: number;
}

/** Papers that a table may use, the preferred one first. */
export type Papers = readonly [Paper, ...Paper[]];

const SIZES = { a4: [595.28, 841.89], letter: [612, 792] } as const;

export function toPapers(options: ExportOptions): Papers {
  const { page_size: pageSize, orientation } = readOptions(PDF_TABLE_OPTIONS, options);
  const [short, long] = SIZES[pageSize];
  const portrait = { width: short, height: long };
  const landscape = { width: long, height: short };
  return { portrait: [portrait], landscape: [landscape], auto: [portrait, landscape] }[orientation] as [
    Paper,
    ...Paper[],
  ];
}
