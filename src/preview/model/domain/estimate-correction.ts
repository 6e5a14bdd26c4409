/** A finished export and what its estimate was made of. */
export interface EstimateOutcome {
  readonly model: { readonly bytes: number | null; readonly seconds: number | null };
  readonly estimatedCount: number | null;
  /** Rows or pages. */
  readonly count: number | null;
  readonly fileSize: number | null;
  /** From start to completion; `null` if the speed of a client decided it. */
  readonly seconds: number | null;
}

/** What finished exports taught about estimates of a kind in a format. */
export interface EstimateCorrection {
  /** Multiplies the modelled size. */
  readonly size: number;
  /** Multiplies the modelled seconds. */
  readonly time: number;
  /** What every export takes, however small it is. */
  readonly baseSeconds: number;
}

const DEFAULT_BASE_SECONDS = 0.1;

/** How many finished exports weigh as much as what was assumed without any. */
const ASSUMED_WEIGHT = 3;

/** Smaller files consist of headers, and shorter exports of waiting: they teach less. */
const FULL_WEIGHT_BYTES = 20_000;
const FULL_WEIGHT_SECONDS = 0.25;
/** Exports with less work show what every export takes. */
const MAX_BASE_WORK_SECONDS = 0.05;

export const NO_CORRECTION: EstimateCorrection = { size: 1, time: 1, baseSeconds: DEFAULT_BASE_SECONDS };

/** Learns by weighted medians: a few outliers, such as a retried export, do not matter. */
export function learnCorrection(outcomes: readonly EstimateOutcome[]): EstimateCorrection {
  const finished = outcomes.map((outcome) => ({ ...outcome, work: atActualCount(outcome) }));
  const bases = finished.flatMap(({ work, seconds }) =>
    seconds !== null && seconds > 0 && work.seconds !== null && work.seconds < MAX_BASE_WORK_SECONDS
      ? [{ ratio: seconds / DEFAULT_BASE_SECONDS, weight: 1 }]
      : [],
  );
  const baseSeconds = DEFAULT_BASE_SECONDS * learnRatio(bases);
  return {
    size: learnRatio(finished.flatMap(({ work, fileSize }) => toPoint(fileSize, work.bytes, FULL_WEIGHT_BYTES))),
    time: learnRatio(
      finished.flatMap(({ work, seconds }) =>
        work.seconds === null || work.seconds < MAX_BASE_WORK_SECONDS || seconds === null
          ? []
          : toPoint(Math.max(seconds - baseSeconds, seconds / 10), work.seconds, FULL_WEIGHT_SECONDS),
      ),
    ),
    baseSeconds,
  };
}

/** The model for the number of rows that the export really had: a wrong number of rows is no fault of the format. */
function atActualCount({ model, estimatedCount, count }: EstimateOutcome): EstimateOutcome['model'] {
  if (estimatedCount === null || count === null) return { bytes: null, seconds: null };
  if (estimatedCount === count) return model;
  // The header of an estimate of no rows says nothing about rows.
  if (estimatedCount === 0) return { bytes: null, seconds: null };
  const scale = count / estimatedCount;
  const scaled = (value: number | null) => (value === null ? null : value * scale);
  return { bytes: scaled(model.bytes), seconds: scaled(model.seconds) };
}

interface Point {
  readonly ratio: number;
  readonly weight: number;
}

function toPoint(actual: number | null, modelled: number | null, fullWeight: number): Point[] {
  if (actual === null || modelled === null || !(actual > 0) || !(modelled > 0)) return [];
  return [{ ratio: actual / modelled, weight: Math.min(1, modelled / fullWeight) }];
}

/** The weighted median, closer to 1 the less there is to learn from. */
function learnRatio(points: readonly Point[]): number {
  const total = points.reduce((sum, { weight }) => sum + weight, 0);
  let passed = 0;
  const median = points
    .toSorted((one, other) => one.ratio - other.ratio)
    .find(({ weight }) => (passed += weight) >= total / 2);
  return median ? Math.exp((Math.log(median.ratio) * total) / (total + ASSUMED_WEIGHT)) : 1;
}
