import { DomainError } from '../../../platform/errors/domain-error';
import type { RateLimit } from '../../../platform/rate-limit';
import { DrawingTooLargeError } from './drawing-budget';

/** More than boards of the front ends take, so that boards which are not measured are not cheaper than others. */
const UNMEASURED_SECONDS_PER_MB = 1;
const MB = 1_000_000;

/** The drawing time of a board that is not measured, in seconds. */
export function assumeSeconds(bytes: number, budgetSeconds: number): number {
  return Math.min(budgetSeconds, (bytes / MB) * UNMEASURED_SECONDS_PER_MB);
}

/**
 * How many requests a drawing of several boards counts as: one for each drawing budget of one board.
 * @param rateLimit the limit that counts them; `null` for none
 * @throws DrawingTooLargeError when no limit would ever allow it
 */
export function weighDrawing(seconds: number, budgetSeconds: number, rateLimit: RateLimit | null): number {
  const weight = Math.max(1, Math.ceil(seconds / budgetSeconds));
  if (rateLimit === null || weight <= rateLimit.limit) return weight;
  throw new DrawingTooLargeError(
    `The drawing is too large: these boards need about ${Math.ceil(seconds)} s of drawing time; ` +
      `at most ${budgetSeconds * rateLimit.limit} s are allowed. Export fewer boards at once, or lower pixel_ratio.`,
  );
}

/**
 * How many requests the data of several boards count as: one for each size of the largest board.
 * @throws DomainError unprocessable when no limit would ever allow it
 */
export function weighData(bytes: number, maxBoardBytes: number, rateLimit: RateLimit | null): number {
  const weight = Math.max(1, Math.ceil(bytes / maxBoardBytes));
  if (rateLimit === null || weight <= rateLimit.limit) return weight;
  const [size, allowed] = [bytes, maxBoardBytes * rateLimit.limit].map((value) => Math.ceil(value / MB));
  const message = `These boards have ${size} MB; at most ${allowed} MB are allowed. Export fewer boards at once.`;
  throw new DomainError('unprocessable', 'too-many-boards', message);
}
