import type { ExportOptions } from '../../../model/domain/export';
import type { TextStyle } from './text-setter';

/** The sheet's sizes and colours; lengths are in points. */
export const MARGIN = 40;
export const FOOTER = 24;
/** Around a cell's text. */
export const CELL_PADDING = { x: 5, y: 3.5 } as const;

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
  cell: look(9, 'regular', '#16202c'),
  footer: look(7.5, 'regular', '#5c6b7c'),
} as const;

export const COLOURS = { header: '#e6ecf3', headerLine: '#52657a', stripe: '#f6f8fb', line: '#d9e0e8' } as const;

export interface Paper {
  readonly width: number;
  readonly height: number;
}

const SIZES = { a4: [595.28, 841.89], letter: [612, 792] } as const;

export interface PaperChoice {
  readonly portrait: Paper;
  readonly landscape: Paper;
  readonly orientation: 'auto' | 'portrait' | 'landscape';
}

/** What the options ask for; A4 in the direction that suits the columns, where they say nothing. */
export function paperChoice({ page_size: pageSize, orientation }: ExportOptions): PaperChoice {
  const [short, long] = SIZES[pageSize === 'letter' ? 'letter' : 'a4'];
  return {
    portrait: { width: short, height: long },
    landscape: { width: long, height: short },
    orientation: orientation === 'portrait' || orientation === 'landscape' ? orientation : 'auto',
  };
}
