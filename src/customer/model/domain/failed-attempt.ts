import type { RefusalReason } from './customer';

export interface FailedAttempt {
  /** `null` where no customer has the id that was given: what an anonymous caller makes up is not kept. */
  readonly customerId: string | null;
  /** `null` where the customer has none or is not known. */
  readonly tenantId: string | null;
  readonly reason: RefusalReason;
}
