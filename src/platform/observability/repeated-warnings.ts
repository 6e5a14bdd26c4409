import type { Logger } from '@nestjs/common';

const REPEAT_MS = 60_000;

interface Reported {
  readonly at: number;
  /** Warnings that were left out since. */
  omitted: number;
}

/**
 * Warnings of work that is repeated until it succeeds. Each message is logged once, and once a minute while its cause
 * lasts: a database that is away for an hour must not bury everything else in the log.
 */
export class RepeatedWarnings {
  private readonly reported = new Map<string, Reported>();

  constructor(private readonly logger: Pick<Logger, 'warn'>) {}

  /** @param message one of a few; what varies belongs into the error or the details */
  report(message: string, error: unknown, details: Readonly<Record<string, unknown>> = {}): void {
    const last = this.reported.get(message);
    if (last && performance.now() - last.at < REPEAT_MS) {
      last.omitted += 1;
      return;
    }
    this.reported.set(message, { at: performance.now(), omitted: 0 });
    const reason = error instanceof Error ? error.message : String(error);
    this.logger.warn(message, { ...details, reason, ...(last && { omitted: last.omitted }) });
  }
}
