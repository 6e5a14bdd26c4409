import { type Density, densityOf, MARGIN, type Paper, type PaperChoice, TEXT_SIZES } from './look';

/** What a column holds: lengths are in points, of texts as large as cells are where there is room. */
export interface ColumnExtent {
  /** Its place in the table. */
  readonly index: number;
  /** What should not be divided between lines. */
  readonly piece: number;
  /** The widest text on one line. */
  readonly whole: number;
  /** How long its texts are, all their lines together: the quadratic mean, as the long ones make rows tall. */
  readonly length: number;
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
  readonly density: Density;
  /** More than one where a page is too narrow: each repeats the first columns and goes on with the next. */
  readonly panels: readonly Panel[];
}

const MIN_TEXT_WIDTH = 18;
/** Some eighteen characters: where long texts have less, they become ladders of words. */
const MIN_LONG_TEXT_WIDTH = 90;
/** Texts that are not long may have so many lines. */
const LINES_OF_SHORT_TEXT = 4;
const MAX_PIECE_WIDTH = 90;
const MAX_TEXT_WIDTH = 420;
const COMFORTABLE_TEXT = 150;
/** Between equal parts for all (0) and parts in proportion to their texts (1), which starve the shorter ones. */
const WEIGHT_OF_CONTENT = 0.7;
/** The columns that say whose row it is. */
const REPEATED = 2;
/** The share of a page that repeated columns may take. */
const REPEATED_SHARE = 0.3;

/** What a column needs (`least`), what is enough (`comfort`), what it would have (`wish`), and its part of what is left. */
interface Demand {
  readonly index: number;
  readonly least: number;
  readonly comfort: number;
  readonly wish: number;
  readonly weight: number;
}

/**
 * Shares the paper out among the columns. As large as they can be, the texts stand where no column is pressed; the
 * smallest are taken before columns are pressed, and columns are pressed before they go on on further pages.
 */
export function planColumns(extents: readonly ColumnExtent[], { papers }: PaperChoice): ColumnPlan {
  for (const size of TEXT_SIZES) {
    const demands = demandsOf(extents, size);
    const paper = papers.find(({ width }) => sum(demands, 'comfort') <= width - 2 * MARGIN);
    if (paper) return { paper, density: densityOf(size), panels: [fitted(demands, paper.width - 2 * MARGIN)] };
  }
  const [size, paper] = [Math.min(...TEXT_SIZES), widestOf(papers)];
  const [demands, width] = [demandsOf(extents, size), paper.width - 2 * MARGIN];
  const panels = sum(demands, 'least') <= width ? [fitted(demands, width)] : panelsOf(demands, width);
  return { paper, density: densityOf(size), panels };
}

function widestOf(papers: readonly [Paper, ...Paper[]]): Paper {
  return papers.reduce((widest, paper) => (paper.width > widest.width ? paper : widest));
}

function demandsOf(extents: readonly ColumnExtent[], size: number): Demand[] {
  const { scale, padding } = densityOf(size);
  return extents.map(({ index, piece, whole, length }) => {
    const least = Math.max(
      MIN_TEXT_WIDTH,
      Math.min(piece, MAX_PIECE_WIDTH),
      Math.min(whole / LINES_OF_SHORT_TEXT, MIN_LONG_TEXT_WIDTH),
    );
    const wish = Math.max(least, Math.min(whole, MAX_TEXT_WIDTH));
    const comfort = Math.max(least, Math.min(wish, COMFORTABLE_TEXT));
    const outer = (inner: number) => inner * scale + 2 * padding.x + 0.5;
    const weight = Math.max(1, length) ** WEIGHT_OF_CONTENT;
    return { index, least: outer(least), comfort: outer(comfort), wish: outer(wish), weight };
  });
}

/** Columns that share a width: small wishes are granted, and the wide columns have parts of what is left, by their content. */
function fitted(demands: readonly Demand[], width: number): Panel {
  const wish = sum(demands, 'wish');
  if (wish <= width) return demands.map((demand) => ({ index: demand.index, width: (demand.wish * width) / wish }));
  const share = fairShare(demands, width);
  return demands.map((demand) => ({ index: demand.index, width: shareOf(demand, share) }));
}

/** The width a unit of weight brings, so that all fit. */
function fairShare(demands: readonly Demand[], width: number): number {
  let [low, high] = [0, width];
  while (high - low > 0.0001) {
    const middle = (low + high) / 2;
    if (demands.reduce((total, demand) => total + shareOf(demand, middle), 0) > width) high = middle;
    else low = middle;
  }
  return low;
}

function shareOf({ least, wish, weight }: Demand, share: number): number {
  return Math.max(least, Math.min(wish, share * weight));
}

function panelsOf(demands: readonly Demand[], width: number): Panel[] {
  const repeated = demands.slice(0, REPEATED);
  while (sum(repeated, 'least') > width * REPEATED_SHARE) repeated.pop();
  const room = Math.max(sum(repeated, 'least'), Math.min(sum(repeated, 'comfort'), width * REPEATED_SHARE));
  const first = sum(repeated, 'wish') > room ? fitted(repeated, room) : repeated.map(wished);
  const rest = width - first.reduce((total, column) => total + column.width, 0);
  return balanced(demands.slice(repeated.length), rest).map((group) => [...first, ...fitted(group, rest)]);
}

function wished({ index, wish }: Demand): PlacedColumn {
  return { index, width: wish };
}

/** As few groups as there can be, of which none is much fuller than the others. */
function balanced(demands: readonly Demand[], width: number): Demand[][] {
  const fewest = grouped(demands, width, Infinity).length;
  let [low, high] = [0, sum(demands, 'comfort')];
  while (high - low > 1) {
    const middle = (low + high) / 2;
    if (grouped(demands, width, middle).length > fewest) low = middle;
    else high = middle;
  }
  return grouped(demands, width, high);
}

function grouped(demands: readonly Demand[], width: number, mostComfort: number): Demand[][] {
  const groups: Demand[][] = [];
  for (const demand of demands) {
    const group = groups.at(-1);
    const fits =
      group && sum(group, 'least') + demand.least <= width && sum(group, 'comfort') + demand.comfort <= mostComfort;
    if (fits) group.push(demand);
    else groups.push([demand]);
  }
  return groups;
}

function sum(demands: readonly Demand[], of: 'least' | 'comfort' | 'wish'): number {
  return demands.reduce((total, demand) => total + demand[of], 0);
}
