import type { Logger } from '@nestjs/common';
import { errorMessage } from '../async';

const REPEAT_MS = 60_000;

interface Reported {
  readonly at: number;
  /** The warnings that were suppressed since then. */
  omitted: number;
}

/**
 * Logs warnings of work that is retried until it succeeds. Each message is logged at most once a minute, so that an
 * unreachable database does not flood the log.
 */
export class RepeatedWarnings {
  private readonly reported = new Map<string, Reported>();

  constructor(private readonly logger: Pick<Logger, 'warn'>) {}

  /** @param message a constant; what varies belongs in the error or the details */
  report(message: string, error: unknown, details: Readonly<Record<string, unknown>> = {}): void {
    const last = this.reported.get(message);
    if (last && performance.now() - last.at < REPEAT_MS) {
      last.omitted += 1;
      return;
    }
    this.reported.set(message, { at: performance.now(), omitted: 0 });
    this.logger.warn(message, { ...details, reason: errorMessage(error), ...(last && { omitted: last.omitted }) });
  }
}
