import { DomainError } from './errors/domain-error';

/** How many requests an account may make in a sliding window. */
export interface RateLimit {
  readonly limit: number;
  readonly windowSeconds: number;
}

/** What is left of a limit after a request, or when it is refused. */
export interface RateLimitState extends RateLimit {
  readonly name: RateLimitName;
  readonly remaining: number;
  /** Seconds until the oldest request leaves the window. */
  readonly resetSeconds: number;
}

/** What each limit counts, for messages to users. Limits that are not listed count exports of a kind of that name. */
const COUNTED: Readonly<Record<string, string>> = {
  board: 'exports of boards',
  data: 'data exports',
  event: 'exports of results',
  customer: 'exports of boards that the external system began for its users',
  runs: 'manual runs of schedules',
  'scheduled-runs': 'scheduled runs',
  sessions: 'new boards',
  thumbnails: 'thumbnails',
  'schedule-changes': 'changes to schedules',
  estimates: 'estimates and previews of schedules',
  'destination-tests': 'tests of destinations',
};

/** The name of a limit, as callers see it. */
export type RateLimitName = string;

export class RateLimitExceededError extends DomainError {
  constructor(readonly state: RateLimitState) {
    const { name, limit, windowSeconds, resetSeconds } = state;
    const message = `Too many ${COUNTED[name] ?? `${name} exports`}: ${limit} are allowed in ${windowSeconds} seconds. Try again in ${resetSeconds} seconds.`;
    super('limit', 'rate-limit-exceeded', message, { retryAfterSeconds: state.resetSeconds });
  }
}

/** The uses of a limit in the window that ends now. */
export interface UsedWindow {
  readonly used: number;
  /** Seconds until the oldest use leaves the window; `null` without any use. */
  readonly reset: number | null;
}

/** A limit and its uses. */
export interface LimitUse {
  readonly name: RateLimitName;
  readonly limit: RateLimit;
  readonly used: UsedWindow | undefined;
  /** How many uses the request is; 1 by default. */
  readonly weight?: number;
}

/**
 * Takes one more request from several limits at once.
 * @returns the limit with the least left; `null` without limits
 * @throws RateLimitExceededError of the limit that resets last
 */
export function takeOneMoreOfAll(uses: readonly LimitUse[]): RateLimitState | null {
  const states: RateLimitState[] = [];
  const exceeded: RateLimitExceededError[] = [];
  for (const { name, limit, used, weight } of uses) {
    try {
      states.push(takeOneMore(name, limit, used, weight));
    } catch (error) {
      if (!(error instanceof RateLimitExceededError)) throw error;
      exceeded.push(error);
    }
  }
  const [longest] = exceeded.sort((one, other) => other.state.resetSeconds - one.state.resetSeconds);
  if (longest) throw longest;
  return states.sort((one, other) => one.remaining - other.remaining)[0] ?? null;
}

/**
 * Takes one more request from a limit.
 * @param weight how many uses the request is
 * @returns what is left after it
 * @throws RateLimitExceededError
 */
export function takeOneMore(
  name: RateLimitName,
  { limit, windowSeconds }: RateLimit,
  { used, reset }: UsedWindow = { used: 0, reset: null },
  weight = 1,
): RateLimitState {
  const state = { name, limit, windowSeconds, resetSeconds: Math.max(1, reset ?? windowSeconds) };
  if (used + weight > limit) throw new RateLimitExceededError({ ...state, remaining: Math.max(0, limit - used) });
  return { ...state, remaining: limit - used - weight };
}

/** The fields of draft-ietf-httpapi-ratelimit-headers. */
export function rateLimitHeaders(state: RateLimitState): Readonly<Record<string, string>> {
  return {
    'RateLimit-Policy': `"${state.name}";q=${state.limit};w=${state.windowSeconds}`,
    RateLimit: `"${state.name}";r=${state.remaining};t=${state.resetSeconds}`,
  };
}
