import type { Weight } from './shipped-fonts';

/** Sizes and colors of the pages; lengths are in points. */
export const MARGIN = 40;
export const FOOTER = 24;
/** Of cell texts, the largest first. The largest is used that leaves the columns enough room. */
export const TEXT_SIZES = [9, 8.25, 7.5] as const;

export interface FontStyle {
  /** In points. */
  readonly size: number;
  readonly weight: Weight;
}

export interface TextStyle extends FontStyle {
  /** The height of a line. */
  readonly leading: number;
  /** The baseline, from the top of its line. */
  readonly baseline: number;
  readonly color: string;
}

function textStyle(size: number, weight: Weight, color: string): TextStyle {
  // The height that Noto Sans needs, and Thai and Devanagari with their marks. Arabic descends slightly below.
  return { size, weight, color, leading: size * 1.4, baseline: size * 1.07 };
}

export const STYLES = {
  title: textStyle(17, 'bold', '#16202c'),
  factLabel: textStyle(8.5, 'regular', '#5c6b7c'),
  fact: textStyle(8.5, 'bold', '#16202c'),
  header: textStyle(8.5, 'bold', '#16202c'),
  cell: textStyle(TEXT_SIZES[0], 'regular', '#16202c'),
  footer: textStyle(7.5, 'regular', '#5c6b7c'),
} as const;

export const COLORS = { header: '#e6ecf3', headerLine: '#52657a', stripe: '#f6f8fb', line: '#d9e0e8' } as const;

/** How densely the rows are set. */
export interface Density {
  /** Relative to `STYLES`: lengths measured with these are multiplied by it. */
  readonly scale: number;
  readonly header: TextStyle;
  readonly cell: TextStyle;
  /** Around the text of a cell. */
  readonly padding: { readonly x: number; readonly y: number };
}

/** @param size of the texts in cells */
export function toDensity(size: number): Density {
  const scale = size / STYLES.cell.size;
  const { header, cell } = STYLES;
  return {
    scale,
    header: textStyle(header.size * scale, header.weight, header.color),
    cell: textStyle(size, cell.weight, cell.color),
    padding: scale === 1 ? { x: 5, y: 3.5 } : { x: 4, y: 2.5 },
  };
}
