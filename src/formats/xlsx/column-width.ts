/** In characters. */
export const WIDEST = 60;
const NARROWEST = 8;
/** The margins of a cell, and the button of the filter beside a name. */
const MARGIN = 1.5;
const BUTTON = 2.5;

/** How wide a column is, in characters, by how many its name and its longest value take up. */
export function columnWidth(name: number, longestValue: number): number {
  return Math.min(Math.max(NARROWEST, longestValue, name + BUTTON) + MARGIN, WIDEST);
}
