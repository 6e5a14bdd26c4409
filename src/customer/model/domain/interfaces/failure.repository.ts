import type { FailedAttempt } from '../failed-attempt';

/** How often somebody failed in a window that has not ended. */
export interface FailureCount {
  readonly subject: string;
  readonly failures: number;
  /** Seconds until the window ends. */
  readonly resetSeconds: number;
}

/** The failed attempts of all processes together. A window begins with its first failure. */
export abstract class FailureRepository {
  abstract read(subjects: readonly string[], windowSeconds: number): Promise<FailureCount[]>;

  /** Counts one failure more for each subject. @returns what the counts are now */
  abstract add(subjects: readonly string[], windowSeconds: number): Promise<FailureCount[]>;

  /** Writes the failure down in the audit log, and forgets windows that have ended. */
  abstract report(attempt: FailedAttempt, windowSeconds: number): Promise<void>;
}
