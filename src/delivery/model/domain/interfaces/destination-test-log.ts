import type { UserPrincipal } from '../../../../platform/auth/principal';
import type { TestOutcome } from '../destination-test-codes';

export interface TestedDestination {
  readonly channel: string;
  /** Without secrets. */
  readonly target: string | null;
  /** The schedule whose stored secret was used, if there is one. */
  readonly scheduleId: string | null;
  /** Never more than that: administrators of a tenant read the log. */
  readonly outcome: TestOutcome | 'cancelled';
}

/** Who tested which destination. */
export abstract class DestinationTestLog {
  abstract record(caller: UserPrincipal, tested: TestedDestination): Promise<void>;
}
