/** What keeps a request from being answered for now. */
export interface Obstacle {
  readonly cause: 'offline' | 'unreachable' | 'busy' | 'sign-in';
  /** How long the service asks to wait. */
  readonly seconds?: number | undefined;
}

/** The service restarts, or one of the servers before it does. */
const UNAVAILABLE = [408, 502, 503, 504];

/** @returns null for an error that repeating the request does not help */
export function toObstacle(error: unknown, isOnline: boolean): Obstacle | null {
  const { name, status, retryAfterSeconds: seconds } = error as ServiceError;
  if (status === 401) return { cause: 'sign-in' };
  if (status === 429) return { cause: 'busy', seconds };
  if (status !== undefined && UNAVAILABLE.includes(status)) return { cause: 'unreachable', seconds };
  if (name === 'ConnectionError') return { cause: isOnline ? 'unreachable' : 'offline' };
  return null;
}

/** The errors of the client, by their form. */
interface ServiceError {
  readonly name?: string;
  readonly status?: number;
  readonly retryAfterSeconds?: number;
}
