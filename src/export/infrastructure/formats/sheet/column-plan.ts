import { CELL_PADDING, MARGIN, type Paper, type PaperChoice } from './look';

/** How wide a column's texts are, in points: its widest piece that is not broken, and its widest text. */
export interface ColumnExtent {
  readonly piece: number;
  readonly whole: number;
}

export interface PlacedColumn {
  /** Its place in the table. */
  readonly index: number;
  readonly width: number;
}

/** Columns that stand side by side on one page. */
export type Panel = readonly PlacedColumn[];

export interface ColumnPlan {
  readonly paper: Paper;
  /** More than one where a page is too narrow: each repeats the first columns and goes on with the next. */
  readonly panels: readonly Panel[];
}

const LEAST_TEXT = 26;
const WIDEST_PIECE = 110;
const WIDEST_TEXT = 240;
const COMFORTABLE_TEXT = 130;
/** The columns that say whose row it is. */
const REPEATED = 2;
/** The share of a page that repeated columns may take. */
const REPEATED_SHARE = 0.45;

/** What a column needs (`least`), what is enough (`comfort`) and what it would have (`wish`). */
interface Demand {
  readonly index: number;
  readonly least: number;
  readonly comfort: number;
  readonly wish: number;
}

/** Shares the paper out among the columns. */
export function planColumns(extents: readonly ColumnExtent[], choice: PaperChoice): ColumnPlan {
  const demands = extents.map(demandOf);
  const paper = paperFor(demands, choice);
  const width = paper.width - 2 * MARGIN;
  const panels = sum(demands, 'least') <= width ? [fitted(demands, width)] : panelsOf(demands, width);
  return { paper, panels };
}

function demandOf({ piece, whole }: ColumnExtent, index: number): Demand {
  const padding = 2 * CELL_PADDING.x + 0.5;
  const least = Math.min(Math.max(piece, LEAST_TEXT), WIDEST_PIECE);
  const wish = Math.max(least, Math.min(whole, WIDEST_TEXT));
  const comfort = Math.max(least, Math.min(wish, COMFORTABLE_TEXT));
  return { index, least: least + padding, comfort: comfort + padding, wish: wish + padding };
}

function paperFor(demands: readonly Demand[], { portrait, landscape, orientation }: PaperChoice): Paper {
  if (orientation !== 'auto') return orientation === 'portrait' ? portrait : landscape;
  return sum(demands, 'comfort') <= portrait.width - 2 * MARGIN ? portrait : landscape;
}

/** Columns that share a width: small wishes are granted, and the wide columns have equal parts of what is left. */
function fitted(demands: readonly Demand[], width: number): Panel {
  const wish = sum(demands, 'wish');
  if (wish <= width) return demands.map((demand) => ({ index: demand.index, width: (demand.wish * width) / wish }));
  const cap = fairCap(demands, width);
  return demands.map((demand) => ({ index: demand.index, width: capped(demand, cap) }));
}

/** The width at which columns that wish for more must stop, so that all fit. */
function fairCap(demands: readonly Demand[], width: number): number {
  let [low, high] = [0, width];
  while (high - low > 0.01) {
    const middle = (low + high) / 2;
    if (demands.reduce((total, demand) => total + capped(demand, middle), 0) > width) high = middle;
    else low = middle;
  }
  return low;
}

function capped({ least, wish }: Demand, cap: number): number {
  return Math.max(least, Math.min(wish, cap));
}

function panelsOf(demands: readonly Demand[], width: number): Panel[] {
  const repeated = demands.slice(0, REPEATED);
  while (sum(repeated, 'comfort') > width * REPEATED_SHARE) repeated.pop();
  const rest = width - sum(repeated, 'comfort');
  const first = repeated.map(({ index, comfort }) => ({ index, width: comfort }));
  return grouped(demands.slice(repeated.length), rest).map((group) => [...first, ...fitted(group, rest)]);
}

function grouped(demands: readonly Demand[], width: number): Demand[][] {
  const groups: Demand[][] = [];
  for (const demand of demands) {
    const group = groups.at(-1);
    if (group && sum(group, 'comfort') + demand.comfort <= width) group.push(demand);
    else groups.push([demand]);
  }
  return groups;
}

function sum(demands: readonly Demand[], of: 'least' | 'comfort' | 'wish'): number {
  return demands.reduce((total, demand) => total + demand[of], 0);
}
