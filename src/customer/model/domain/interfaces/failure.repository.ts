import type { RefusalReason } from '../customer';

export interface FailedAttempt {
  /** `null` if no customer has the id. Ids that an anonymous caller makes up are not stored. */
  readonly customerId: string | null;
  /** `null` if the customer has none or is unknown. */
  readonly tenantId: string | null;
  readonly reason: RefusalReason;
}

/** The failures of a subject in its current window. */
export interface FailureCount {
  readonly subject: string;
  readonly failures: number;
  /** Seconds until the window ends. */
  readonly resetSeconds: number;
}

/** Counts failed attempts across all processes. A window starts with its first failure. */
export abstract class FailureRepository {
  abstract read(subjects: readonly string[], windowSeconds: number): Promise<FailureCount[]>;

  /** Counts one more failure for each subject. @returns the new counts */
  abstract add(subjects: readonly string[], windowSeconds: number): Promise<FailureCount[]>;

  /** Writes the failure to the audit log, aggregated to one entry per minute and network. */
  abstract report(attempt: FailedAttempt): Promise<void>;

  /** Deletes a limited number of expired windows. */
  abstract deleteExpiredWindows(windowSeconds: number): Promise<void>;
}
