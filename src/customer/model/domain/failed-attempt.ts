import type { RefusalReason } from './customer';

export interface FailedAttempt {
  /** The id that was given; `null` for a text that is none. */
  readonly customerId: string | null;
  /** `null` where the customer has none or is not known. */
  readonly tenantId: string | null;
  readonly reason: RefusalReason;
}
