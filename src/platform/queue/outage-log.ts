import type { Logger } from '@nestjs/common';

const REPEAT_MS = 60_000;

/** Reports an outage once, and once a minute while it lasts: a client that retries has an error for each try. */
export class OutageLog {
  private reportedAt = -Infinity;
  private unreported = 0;

  constructor(private readonly logger: Logger) {}

  report(error: Error): void {
    if (performance.now() - this.reportedAt < REPEAT_MS) {
      this.unreported += 1;
      return;
    }
    this.logger.warn('The queue cannot be reached', { reason: error.message, unreported: this.unreported });
    this.reportedAt = performance.now();
    this.unreported = 0;
  }
}
