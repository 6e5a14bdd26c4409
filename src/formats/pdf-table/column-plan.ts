import type { Paper, Papers } from './paper';
import { type Density, MARGIN, TEXT_SIZES, toDensity } from './styles';

/** The texts of a column. Lengths are in points, at the largest text size. */
export interface ColumnExtent {
  /** Its position in the table. */
  readonly index: number;
  /** The widest segment: it should not be divided between lines. */
  readonly segment: number;
  /** The widest text on one line. */
  readonly whole: number;
  /** The length of its texts, all lines together: the quadratic mean, because long texts make rows tall. */
  readonly length: number;
}

export interface PlacedColumn {
  /** Its position in the table. */
  readonly index: number;
  readonly width: number;
}

/** Columns side by side on one page. */
export type Panel = readonly PlacedColumn[];

export interface ColumnPlan {
  readonly paper: Paper;
  readonly density: Density;
  /** Several if a page is too narrow: each repeats the first columns and continues with the next ones. */
  readonly panels: readonly Panel[];
}

const MIN_TEXT_WIDTH = 18;
/** About eighteen characters: in less width, long texts become one word per line. */
const MIN_LONG_TEXT_WIDTH = 90;
/** A text of at most this many lines is not long. */
const MAX_SHORT_TEXT_LINES = 4;
const MAX_SEGMENT_WIDTH = 90;
const MAX_TEXT_WIDTH = 420;
const COMFORTABLE_TEXT_WIDTH = 150;
/** From equal shares (0) to shares in proportion to the texts (1), which are too small for short texts. */
const CONTENT_WEIGHT = 0.7;
/** How many columns identify a row. */
const REPEATED_COLUMNS = 2;
/** The part of a page's width that repeated columns may take. */
const MAX_REPEATED_SHARE = 0.3;

/** The widths of a column, and its weight when the remaining width is shared. */
interface Demand {
  readonly index: number;
  readonly minimal: number;
  readonly comfortable: number;
  readonly preferred: number;
  readonly weight: number;
}

/**
 * Distributes the width of the paper. Texts are as large as possible while all columns are comfortable. The smallest size
 * is used before columns become narrower than that, and columns become narrower before they continue on further pages.
 */
export function planColumns(extents: readonly ColumnExtent[], papers: Papers): ColumnPlan {
  for (const size of TEXT_SIZES) {
    const demands = toDemands(extents, size);
    const paper = papers.find(({ width }) => sum(demands, 'comfortable') <= width - 2 * MARGIN);
    if (paper) return { paper, density: toDensity(size), panels: [fit(demands, paper.width - 2 * MARGIN)] };
  }
  const [size, paper] = [Math.min(...TEXT_SIZES), findWidest(papers)];
  const [demands, width] = [toDemands(extents, size), paper.width - 2 * MARGIN];
  const panels = sum(demands, 'minimal') <= width ? [fit(demands, width)] : toPanels(demands, width);
  return { paper, density: toDensity(size), panels };
}

function findWidest(papers: Papers): Paper {
  return papers.reduce((widest, paper) => (paper.width > widest.width ? paper : widest));
}

function toDemands(extents: readonly ColumnExtent[], size: number): Demand[] {
  const { scale, padding } = toDensity(size);
  return extents.map(({ index, segment, whole, length }) => {
    const minimal = Math.max(
      MIN_TEXT_WIDTH,
      Math.min(segment, MAX_SEGMENT_WIDTH),
      Math.min(whole / MAX_SHORT_TEXT_LINES, MIN_LONG_TEXT_WIDTH),
    );
    const preferred = Math.max(minimal, Math.min(whole, MAX_TEXT_WIDTH));
    const comfortable = Math.max(minimal, Math.min(preferred, COMFORTABLE_TEXT_WIDTH));
    const toOuter = (inner: number) => inner * scale + 2 * padding.x + 0.5;
    return {
      index,
      minimal: toOuter(minimal),
      comfortable: toOuter(comfortable),
      preferred: toOuter(preferred),
      weight: Math.max(1, length) ** CONTENT_WEIGHT,
    };
  });
}

/** Columns that share a width: narrow ones get what they prefer, wide ones share the rest by their content. */
function fit(demands: readonly Demand[], width: number): Panel {
  const preferred = sum(demands, 'preferred');
  if (preferred <= width) {
    return demands.map((demand) => ({ index: demand.index, width: (demand.preferred * width) / preferred }));
  }
  const share = findFairShare(demands, width);
  return demands.map((demand) => ({ index: demand.index, width: widthFor(demand, share) }));
}

/** The width per unit of weight at which all columns fit. */
function findFairShare(demands: readonly Demand[], width: number): number {
  let [low, high] = [0, width];
  while (high - low > 0.0001) {
    const middle = (low + high) / 2;
    if (demands.reduce((total, demand) => total + widthFor(demand, middle), 0) > width) high = middle;
    else low = middle;
  }
  return low;
}

function widthFor({ minimal, preferred, weight }: Demand, share: number): number {
  return Math.max(minimal, Math.min(preferred, share * weight));
}

function toPanels(demands: readonly Demand[], width: number): Panel[] {
  const repeated = demands.slice(0, REPEATED_COLUMNS);
  while (sum(repeated, 'minimal') > width * MAX_REPEATED_SHARE) repeated.pop();
  const room = Math.max(sum(repeated, 'minimal'), Math.min(sum(repeated, 'comfortable'), width * MAX_REPEATED_SHARE));
  const first =
    sum(repeated, 'preferred') > room
      ? fit(repeated, room)
      : repeated.map(({ index, preferred }) => ({ index, width: preferred }));
  const rest = width - first.reduce((total, column) => total + column.width, 0);
  return toBalancedGroups(demands.slice(repeated.length), rest).map((group) => [...first, ...fit(group, rest)]);
}

/** As few groups as possible, of similar width. */
function toBalancedGroups(demands: readonly Demand[], width: number): Demand[][] {
  const minCount = toGroups(demands, width, Infinity).length;
  let [low, high] = [0, sum(demands, 'comfortable')];
  while (high - low > 1) {
    const middle = (low + high) / 2;
    if (toGroups(demands, width, middle).length > minCount) low = middle;
    else high = middle;
  }
  return toGroups(demands, width, high);
}

function toGroups(demands: readonly Demand[], width: number, maxComfortable: number): Demand[][] {
  const groups: Demand[][] = [];
  for (const demand of demands) {
    const group = groups.at(-1);
    const fits =
      group &&
      sum(group, 'minimal') + demand.minimal <= width &&
      sum(group, 'comfortable') + demand.comfortable <= maxComfortable;
    if (fits) group.push(demand);
    else groups.push([demand]);
  }
  return groups;
}

function sum(demands: readonly Demand[], of: 'minimal' | 'comfortable' | 'preferred'): number {
  return demands.reduce((total, demand) => total + demand[of], 0);
}
