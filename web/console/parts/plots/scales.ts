/** How the values of an axis are spaced. */
export type AxisUnit = 'number' | 'milliseconds';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Steps of durations that people count in, from a second on. */
const TIME_STEPS = [
  ...[1, 2, 5, 10, 20, 30].map((seconds) => seconds * SECOND),
  ...[1, 2, 5, 10, 20, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 4, 6, 12].map((hours) => hours * HOUR),
];

/**
 * Values for the lines of an axis: from 0, evenly spaced by a round step, up to `max` or just above it.
 * @param count about how many steps there should be
 */
export function niceTicks(max: number, unit: AxisUnit = 'number', count = 4): number[] {
  const top = Number.isFinite(max) && max > 0 ? max : 1;
  const step = unit === 'milliseconds' ? timeStep(top / count) : Math.max(1, decimalStep(top / count));
  return Array.from({ length: Math.ceil(top / step - 1e-9) + 1 }, (_, index) => index * step);
}

/** The smallest of 1, 2 and 5 times a power of ten that is not below `least`. */
function decimalStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  const factor = [1, 2, 5, 10].find((one) => one * power >= least * (1 - 1e-9)) ?? 10;
  return factor * power;
}

function timeStep(least: number): number {
  if (least <= SECOND / 2) return Math.max(1, decimalStep(least));
  return TIME_STEPS.find((step) => step >= least) ?? decimalStep(least / DAY) * DAY;
}

/** The position of `value` on an axis that has `top` at 0 and zero at `length`. */
export function toHeight(value: number, top: number, length: number): number {
  return length - (value / top) * length;
}

/** The middle of each of `count` equal parts of `width`. */
export function bandCentre(index: number, count: number, width: number): number {
  return ((index + 0.5) * width) / count;
}

/** Which of `count` equal parts of `width` the position is in. */
export function bandAt(position: number, count: number, width: number): number {
  return Math.min(count - 1, Math.max(0, Math.floor((position / width) * count)));
}

/**
 * The parts whose labels fit side by side. The last part is always labelled: on an axis of time it is the most recent.
 * @param labelWidth the width of the longest label with its distance to the next
 */
export function labelledBands(count: number, width: number, labelWidth: number): number[] {
  if (count === 0) return [];
  const every = Math.max(1, Math.ceil((count * labelWidth) / Math.max(1, width)));
  return Array.from({ length: count }, (_, index) => index).filter((index) => (count - 1 - index) % every === 0);
}

/** A segment of a stacked bar. */
export interface Segment {
  readonly series: number;
  readonly from: number;
  readonly to: number;
}

/** Stacks the values of one bar, the first at the bottom. Missing values and zeros have no segment. */
export function toSegments(values: readonly (number | null)[]): Segment[] {
  let from = 0;
  return values.flatMap((value, series) => {
    if (value === null || value <= 0) return [];
    const segment = { series, from, to: from + value };
    from = segment.to;
    return [segment];
  });
}

/** The parts of a line: points that follow each other without a gap. */
export function toRuns(values: readonly (number | null)[]): { readonly index: number; readonly value: number }[][] {
  const runs: { index: number; value: number }[][] = [[]];
  values.forEach((value, index) => {
    if (value === null) runs.push([]);
    else runs.at(-1)?.push({ index, value });
  });
  return runs.filter((run) => run.length > 0);
}
