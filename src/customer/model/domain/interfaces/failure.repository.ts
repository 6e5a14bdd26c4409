import type { RefusalReason } from '../customer';

export interface FailedAttempt {
  /** `null` where no customer has the id that was given: what an anonymous caller makes up is not kept. */
  readonly customerId: string | null;
  /** `null` where the customer has none or is not known. */
  readonly tenantId: string | null;
  readonly reason: RefusalReason;
}

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

  /** Writes the failure to the audit log: at most one entry a minute for each network of the client address. */
  abstract report(attempt: FailedAttempt): Promise<void>;

  /** Forgets windows that have ended, a limited number at a time. */
  abstract deleteExpiredWindows(windowSeconds: number): Promise<void>;
}
