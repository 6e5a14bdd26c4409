import { ConnectionError, ExportServiceError } from './errors.js';
import { pause } from './pause.js';

const FIRST_DELAY_MS = 500;
const MAX_DELAY_MS = 8_000;
/** The service, or a proxy before it, is down or restarts. */
const UNAVAILABLE: readonly (number | undefined)[] = [502, 503, 504];

/** A request that is about to be repeated, for a display. */
export interface Retry {
  readonly error: ExportServiceError;
  readonly delayMs: number;
}

export type OnRetry = (retry: Retry) => void;

/** The attempts of one task. They end when the service was unavailable for too long. */
export class Retries {
  private failures = 0;
  private failingSince = 0;

  constructor(
    private readonly timeoutMs: number,
    private readonly onRetry: OnRetry | undefined,
  ) {}

  /** The task made progress: earlier failures are forgotten. */
  reset(): void {
    this.failures = 0;
  }

  /**
   * Waits before the next attempt: exponentially longer, and at least as long as the service demands.
   * @throws the error where there will be no further attempt, or the reason of the signal
   */
  async waitAfter(error: ExportServiceError, signal?: AbortSignal | null): Promise<void> {
    if (this.failures === 0) this.failingSince = Date.now();
    const backoffMs = Math.min(FIRST_DELAY_MS * 2 ** this.failures, MAX_DELAY_MS) * (0.5 + Math.random() / 2);
    const delayMs = Math.max(backoffMs, (error.retryAfterSeconds ?? 0) * 1000);
    if (Date.now() + delayMs - this.failingSince > this.timeoutMs) throw error;
    this.failures += 1;
    this.onRetry?.({ error, delayMs });
    await pause(delayMs, signal);
  }
}

/** Whether the same request may succeed later. */
export function isTemporary(error: unknown): error is ExportServiceError {
  if (error instanceof ConnectionError) return true;
  return error instanceof ExportServiceError && (error.status === 429 || UNAVAILABLE.includes(error.status));
}
