import type { ExportOptions } from '../writer';
import type { TextStyle } from './text-setter';

/** The sheet's sizes and colours; lengths are in points. */
export const MARGIN = 40;
export const FOOTER = 24;
/** Of the cells' texts: the largest is used with which the columns have enough room. */
export const TEXT_SIZES = [9, 8.25, 7.5] as const;

/** A text's style, with the height of its lines and the depth of the line's foot below its top. */
export interface Look extends TextStyle {
  readonly leading: number;
  readonly baseline: number;
  readonly colour: string;
}

function look(size: number, weight: Look['weight'], colour: string): Look {
  // As high as Noto Sans, Thai and Devanagari with their marks need; Arabic reaches a little lower.
  return { size, weight, colour, leading: size * 1.4, baseline: size * 1.07 };
}

export const LOOKS = {
  title: look(17, 'bold', '#16202c'),
  factLabel: look(8.5, 'regular', '#5c6b7c'),
  fact: look(8.5, 'bold', '#16202c'),
  header: look(8.5, 'bold', '#16202c'),
  cell: look(TEXT_SIZES[0], 'regular', '#16202c'),
  footer: look(7.5, 'regular', '#5c6b7c'),
} as const;

/** How closely a sheet's rows are set. */
export interface Density {
  /** By which lengths are multiplied that were measured with `LOOKS`. */
  readonly scale: number;
  readonly header: Look;
  readonly cell: Look;
  /** Around a cell's text. */
  readonly padding: { readonly x: number; readonly y: number };
}

export function densityOf(size: number): Density {
  const scale = size / LOOKS.cell.size;
  const { header, cell } = LOOKS;
  return {
    scale,
    header: look(header.size * scale, header.weight, header.colour),
    cell: look(size, cell.weight, cell.colour),
    padding: scale === 1 ? { x: 5, y: 3.5 } : { x: 4, y: 2.5 },
  };
}

export const COLOURS = { header: '#e6ecf3', headerLine: '#52657a', stripe: '#f6f8fb', line: '#d9e0e8' } as const;

export interface Paper {
  readonly width: number;
  readonly height: number;
}

const SIZES = { a4: [595.28, 841.89], letter: [612, 792] } as const;

export interface PaperChoice {
  /** The preferred one first. */
  readonly papers: readonly [Paper, ...Paper[]];
}

/** What the options ask for; A4 in the direction that suits the columns, where they say nothing. */
export function paperChoice({ page_size: pageSize, orientation }: ExportOptions): PaperChoice {
  const [short, long] = SIZES[pageSize === 'letter' ? 'letter' : 'a4'];
  const [portrait, landscape] = [
    { width: short, height: long },
    { width: long, height: short },
  ];
  if (orientation === 'portrait') return { papers: [portrait] };
  return { papers: orientation === 'landscape' ? [landscape] : [portrait, landscape] };
}
