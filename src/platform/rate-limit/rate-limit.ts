import type { RateLimit } from '../config/rate-limit';
import { DomainError } from '../errors/domain-error';

/** What is left of a limit after a creation, or at its refusal. */
export interface RateLimitState extends RateLimit {
  readonly name: string;
  readonly remaining: number;
  /** Seconds until the oldest creation leaves the window. */
  readonly resetSeconds: number;
}

export class RateLimitExceededError extends DomainError {
  constructor(readonly state: RateLimitState) {
    const message = `Too many export requests: ${state.limit} are allowed in ${state.windowSeconds} seconds`;
    super('limit', 'rate-limit-exceeded', message, { retryAfterSeconds: state.resetSeconds });
  }
}

/** The fields of draft-ietf-httpapi-ratelimit-headers. */
export function rateLimitHeaders(state: RateLimitState): Readonly<Record<string, string>> {
  return {
    'RateLimit-Policy': `"${state.name}";q=${state.limit};w=${state.windowSeconds}`,
    RateLimit: `"${state.name}";r=${state.remaining};t=${state.resetSeconds}`,
  };
}
