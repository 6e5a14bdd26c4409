/** How many creations a user may make in a sliding window. */
export interface RateLimit {
  readonly limit: number;
  readonly windowSeconds: number;
}
